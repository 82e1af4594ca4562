import type { mail } from "../../protocols/application/mail/mail.ts";
import { type Layer, viewOf } from "../../schema/layer.ts";
import type { ViewOf } from "../../schema/protocol.ts";
import { mediaNames } from "./http-media.ts";

/** What stands behind `imf` in `frame.protocols`: what the content of a mail is, where its header says it. */
export function mailContentNames(layer: Layer): string {
  const { headers } = viewOf(layer) as ViewOf<typeof mail>;
  const type = headers.find(({ name }) => /^content-type$/i.test(name ?? ""))?.value;
  if (type === undefined || layer.headerEnd >= layer.end) return "";
  return mediaNames(
    type.replace(/\r?\n[ \t]+/g, " "),
    layer.bytes.subarray(layer.headerEnd, layer.end),
  );
}
