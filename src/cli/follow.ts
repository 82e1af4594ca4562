import { follow as follower, followProtocols } from "../analysis/follow.ts";
import { nodeDecoders } from "../node/decoders.ts";
import { openCapture } from "../node/open.ts";
import { openOutput } from "../node/output.ts";
import { followForms, followText } from "../report/follow/text.ts";
import { dissectorFor, wholeNumber } from "./input.ts";
import { oneOf, passOver } from "./pass.ts";

interface FollowOptions {
  readonly protocol?: string;
  readonly stream?: string;
  readonly as?: string;
  readonly output?: string;
  readonly count?: string;
  readonly decodeAs?: readonly string[];
}

/** `wirecraft follow`: what was said in a stream, as text, hexadecimal digits or JSON. */
export async function follow(path: string, options: FollowOptions): Promise<void> {
  const protocol = oneOf("--protocol", followProtocols, options.protocol ?? "tcp");
  const form = oneOf("--as", followForms, options.as ?? "ascii");
  const stream = wholeNumber("--stream", options.stream);
  const count = wholeNumber("--count", options.count);
  const dissector = dissectorFor(options.decodeAs);
  const capture = openCapture(path, { dissector });
  const out = openOutput(options.output ?? "-");
  let found = 0;
  const one = follower({
    protocol,
    dissector,
    decoders: nodeDecoders,
    ...(stream === undefined ? {} : { stream }),
    onConversation: (conversation) => {
      found++;
      for (const text of followText(conversation, form)) out.write(text);
    },
  });
  await passOver(capture, count, out, {
    add: (packet) => one.add(packet),
    finish: () => one.flush(),
  });
  if (found === 0 && stream !== undefined)
    throw new Error(
      `nothing of ${protocol} in stream ${stream} of ${path === "-" ? "the input" : path}`,
    );
}
