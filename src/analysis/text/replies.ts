import type { Connection } from "../application.ts";
import type { SideInput, Waiting } from "../input.ts";
import { isReplyText, type Reply, readReply } from "./reply.ts";
import { TextSide } from "./side.ts";
import { becomeTls } from "./upgrade.ts";

/** What {@link readReplies} goes by. */
interface ReplyOptions {
  /** The protocol that notes are about. */
  readonly protocol: string;
  /** As in {@link readReply}. */
  readonly strict: boolean;
  /** Takes a reply; true where what follows is TLS. */
  readonly take: (reply: Reply) => boolean;
}

/** Reads a server's replies one by one (RFC 959 §4.2, RFC 5321 §4.2), up to the one behind which TLS begins. */
export function* readReplies(
  connection: Connection,
  input: SideInput,
  { protocol, strict, take }: ReplyOptions,
): Waiting {
  const side = new TextSide(connection, input, protocol, { isStart: isReplyText });
  for (;;) {
    const reply = yield* readReply(side, strict);
    if (reply === null) return;
    if (take(reply)) return becomeTls(connection);
  }
}
