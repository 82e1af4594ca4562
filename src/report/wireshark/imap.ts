import { ConversationTable } from "../../flow/conversations.ts";
import type { Packet } from "../../packet/packet.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Context, Emit, Extra, Override } from "./context.ts";
import { isRequest, lineCell, linesOf, transportOf, withoutEnd } from "./text-lines.ts";

/** A command that waits for its response. */
interface Request {
  readonly frame: number;
  readonly packet: Pick<Packet, "seconds" | "nanoseconds">;
}

const requests = (): ConversationTable<Map<string, Request>> =>
  new ConversationTable(() => new Map());
/** Commands that wait at most: the oldest are forgotten. */
const MOST = 1024;

/** Commands whose first argument is a mailbox (RFC 9051 §6.3, RFC 3501 §6.3). */
const folders = /^(?:SELECT|EXAMINE|CREATE|DELETE|RENAME|SUBSCRIBE|UNSUBSCRIBE|STATUS|APPEND)$/i;

function cells(layer: Layer, emit: Emit, context: Context): void {
  const request = isRequest(layer, context);
  emit("imap.isrequest", request ? "1" : "0");
  const transport = transportOf(layer, context);
  const waiting = transport === null ? null : context.session.of(requests).find(transport).state;
  for (const line of request ? linesOf(layer) : responseLines(layer)) {
    emit("imap.line", lineCell(line));
    const text = withoutEnd(line);
    if (request) command(text, waiting, emit, context);
    else response(text, waiting, emit, context);
  }
}

/** Lines of responses, without the literals that have a mail: those are shown as that. */
function responseLines(layer: Layer): string[] {
  const lines: string[] = [];
  let skip = 0;
  for (const line of linesOf(layer)) {
    if (skip >= line.length) {
      skip -= line.length;
      continue;
    }
    const rest = line.slice(skip);
    skip = 0;
    lines.push(rest);
    const literal = /^\*.*\b(?:BODY\[\S*\]|RFC822\S*)(?:<\d+>)? \{(\d{1,15})\}\r?\n$/i.exec(rest);
    if (literal !== null) skip = Number(literal[1]);
  }
  return lines;
}

function command(
  text: string,
  waiting: Map<string, Request> | null,
  emit: Emit,
  { packet }: Context,
): void {
  const [tag = "", word = "", ...rest] = text.split(" ");
  emit("imap.request", lineCell(text));
  emit("imap.request_tag", lineCell(tag));
  emit("imap.tag", lineCell(tag));
  if (word === "") return;
  const isUid = word.toUpperCase() === "UID";
  const name = isUid ? (rest[0] ?? "") : word;
  const [first = "", second = ""] = isUid ? rest.slice(1) : rest;
  emit("imap.command", lineCell(word));
  emit("imap.request.command", lineCell(name));
  if (isUid) emit("imap.request.command.uid", "1");
  if (folders.test(name) && first !== "") emit("imap.request.folder", lineCell(first));
  if (/^LOGIN$/i.test(name)) {
    if (first !== "") emit("imap.request.username", lineCell(first));
    // tshark takes both ends off, quotes or not.
    if (second.length > 2) emit("imap.request.password", lineCell(second.slice(1, -1)));
  }
  if (waiting === null) return;
  const oldest = waiting.keys().next().value;
  if (waiting.size >= MOST && oldest !== undefined) waiting.delete(oldest);
  waiting.set(tag, { frame: packet.number, packet });
}

function response(
  text: string,
  waiting: Map<string, Request> | null,
  emit: Emit,
  { packet }: Context,
): void {
  const [tag = "", status = "", name = ""] = text.split(" ");
  if (tag === "*") return;
  emit("imap.response", lineCell(text));
  emit("imap.response_tag", lineCell(tag));
  emit("imap.tag", lineCell(tag));
  if (status === "") return;
  emit("imap.response.status", lineCell(status));
  if (name !== "") {
    emit("imap.response.command", lineCell(name));
    emit("imap.command", lineCell(name));
  }
  const request = waiting?.get(tag);
  if (request === undefined) return;
  waiting?.delete(tag);
  emit("imap.response_to", String(request.frame));
  emit("imap.time", elapsed(request.packet, packet));
}

/** Time between two packets, in seconds. */
function elapsed(
  from: Pick<Packet, "seconds" | "nanoseconds">,
  to: Pick<Packet, "seconds" | "nanoseconds">,
): string {
  const nanoseconds =
    BigInt(to.seconds - from.seconds) * 1_000_000_000n + BigInt(to.nanoseconds - from.nanoseconds);
  const digits = (nanoseconds < 0n ? -nanoseconds : nanoseconds).toString().padStart(10, "0");
  return `${nanoseconds < 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

const names: readonly string[] = [
  "imap.command",
  "imap.isrequest",
  "imap.line",
  "imap.request",
  "imap.request.command",
  "imap.request.command.uid",
  "imap.request.folder",
  "imap.request.password",
  "imap.request.username",
  "imap.request_tag",
  "imap.response",
  "imap.response.command",
  "imap.response.status",
  "imap.response_tag",
  "imap.response_to",
  "imap.tag",
  "imap.time",
];

/** Lines as they are, their words, and which command a response answers. */
export const imapExtra: Extra = { protocol: "imap", names, cells };

/** What is emitted above, line by line. */
export const imapOverrides: readonly Override[] = [
  "imap.request.command",
  "imap.request_tag",
  "imap.response.status",
  "imap.response_tag",
].map((name) => ({ name, cell: () => null }));
