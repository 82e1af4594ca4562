import { Layer } from "../../../schema/layer.ts";
import { protocol } from "../../../schema/protocol.ts";
import { Writer } from "../../../schema/writer.ts";
import { wholeDomainName } from "./name.ts";

/** What stands in the place of a message: pointers count from where it starts. */
const message = /* @__PURE__ */ protocol({ name: "message", title: "Message" });

/**
 * The bytes of a domain name outside any message, without compression (RFC 1035 §3.1): `"example.com"` is
 * `07 65 78 ... 00`. A last dot is optional, `.` is the root, escapes are those of RFC 1035 §5.1.
 *
 * @throws TypeError for what is no name; RangeError for a label of more than 63 or a name of more than 255 bytes.
 */
export function domainNameToBytes(name: string): Uint8Array {
  const out = new Writer();
  wholeDomainName.write(out, name);
  return out.finish();
}

/** A name found in bytes, and how many it takes there. */
export interface FoundName {
  readonly name: string;
  readonly length: number;
}

/**
 * The domain name at `at`, as text without the last dot. A pointer (RFC 1035 §4.1.4) counts from `start`, where the message
 * begins; `undefined` where the bytes hold no name.
 */
export function domainNameFromBytes(bytes: Uint8Array, at = 0, start = 0): FoundName | undefined {
  const layer = new Layer(message.schema, bytes, start, bytes.length, null);
  if (!Number.isInteger(at) || at < 0 || at >= bytes.length) return undefined;
  const length = wholeDomainName.measure(bytes, at, bytes.length, layer);
  if (length < 0) return undefined;
  return { name: wholeDomainName.read(bytes, at, at + length, layer), length };
}
