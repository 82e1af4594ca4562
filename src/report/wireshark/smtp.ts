import { ConversationTable } from "../../flow/conversations.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Context, Emit, Extra, Override } from "./context.ts";
import { isRequest, lineCell, linesOf, transportOf, withoutEnd } from "./text-lines.ts";

/** What a client is doing, as far as what it sends says. */
interface Client {
  /** What its next line answers in the course of AUTH (RFC 4954 §4). */
  answers: ("username" | "password" | "username_password")[];
  /** Frames that brought parts of the mail, and the bytes they brought. */
  frames: number[];
  size: number;
}

const clients = (): ConversationTable<Client> =>
  new ConversationTable(() => ({ answers: [], frames: [], size: 0 }));

const clientOf = (layer: Layer, context: Context): Client | null => {
  const transport = transportOf(layer, context);
  return transport === null ? null : context.session.of(clients).find(transport).state;
};

const isWithMail = (context: Context): boolean =>
  context.layers.some(({ schema }) => schema.root.name === "mail");

function cells(layer: Layer, emit: Emit, context: Context): void {
  if (!isRequest(layer, context)) {
    reply(linesOf(layer), emit);
    return;
  }
  const client = clientOf(layer, context);
  if (client === null) return;
  for (const line of linesOf(layer)) command(line, client, emit);
  if (isWithMail(context)) fragments(client, emit);
}

/** Answers of AUTH that are looked into, by mechanism. */
const answersOf = (mechanism: string): Client["answers"] =>
  mechanism === "LOGIN"
    ? ["username", "password"]
    : mechanism === "PLAIN"
      ? ["username_password"]
      : [];

function answer(text: string, what: Client["answers"][number], emit: Emit): void {
  emit(`smtp.auth.${what}`, lineCell(text));
  // Wireshark does not decode unless it is told to, and says so.
  if (what === "username_password") emit("smtp.base64_decode", "1");
}

function command(line: string, client: Client, emit: Emit): void {
  emit("smtp.req", "1");
  const text = withoutEnd(line);
  const next = client.answers.shift();
  if (next !== undefined) {
    answer(text, next, emit);
    return;
  }
  emit("smtp.command_line", lineCell(line));
  // Wireshark takes four letters for a command, of longer ones too.
  const word = text.slice(0, 4).trimEnd();
  emit("smtp.req.command", lineCell(word));
  const parameter = text.slice(5);
  if (parameter !== "") emit("smtp.req.parameter", lineCell(parameter));
  const verb = word.toUpperCase();
  if (/^(?:DATA|MAIL|RSET|EHLO|HELO)$/.test(verb)) {
    client.frames = [];
    client.size = 0;
  }
  if (verb !== "AUTH") return;
  const [mechanism = "", first] = parameter.trim().split(/ +/);
  client.answers = answersOf(mechanism.toUpperCase());
  const what = first === undefined ? undefined : client.answers.shift();
  if (what !== undefined) answer(first!, what, emit);
}

/** The frames that a mail lay in. */
function fragments(client: Client, emit: Emit): void {
  const { frames, size } = client;
  if (frames.length === 0) return;
  emit("smtp.data.fragments", "1");
  for (const frame of frames) emit("smtp.data.fragment", String(frame));
  emit("smtp.data.fragment.count", String(frames.length));
  emit("smtp.data.reassembled.length", String(size));
  client.frames = [];
  client.size = 0;
}

function data(layer: Layer, emit: Emit, context: Context): void {
  const client = clientOf(layer, context);
  if (client === null) return;
  const isEnd = isWithMail(context);
  const size = layer.end - layer.start - (isEnd ? ".\r\n".length : 0);
  if (size > 0) {
    client.frames.push(context.packet.number);
    client.size += size;
  }
  if (!isEnd) return;
  emit("smtp.eom", "1");
  fragments(client, emit);
}

/** A reply: of each that has several lines the code and the first of them, and the text of all. */
function reply(lines: readonly string[], emit: Emit): void {
  emit("smtp.rsp", "1");
  let code = "";
  for (const line of lines) {
    if (!/^\d{3}/.test(line)) continue;
    const text = withoutEnd(line);
    if (code === "") {
      emit("smtp.response", lineCell(line));
      emit("smtp.response.code", String(Number(line.slice(0, 3))));
    } else if (line.slice(0, 3) !== code) emit("smtp.response.code.unexpected", "1");
    const parameter = text.slice(4);
    if (parameter !== "") emit("smtp.rsp.parameter", lineCell(parameter));
    code = line[3] === "-" ? code || line.slice(0, 3) : "";
  }
}

/** Lines as they are, answers of AUTH, and which frames a mail lay in. */
export const smtpExtras: readonly Extra[] = [
  {
    protocol: "smtp",
    names: [
      "smtp.auth.password",
      "smtp.auth.username",
      "smtp.auth.username_password",
      "smtp.base64_decode",
      "smtp.command_line",
      "smtp.data.fragment",
      "smtp.data.fragment.count",
      "smtp.data.fragments",
      "smtp.data.reassembled.length",
      "smtp.req",
      "smtp.req.command",
      "smtp.req.parameter",
      "smtp.response",
      "smtp.response.code",
      "smtp.response.code.unexpected",
      "smtp.rsp",
      "smtp.rsp.parameter",
    ],
    cells,
  },
  {
    protocol: "smtpData",
    names: [
      "smtp.data.fragment",
      "smtp.data.fragment.count",
      "smtp.data.fragments",
      "smtp.data.reassembled.length",
      "smtp.eom",
    ],
    cells: data,
  },
];

/** What is emitted above, in the order and the form that Wireshark has. */
export const smtpOverrides: readonly Override[] = [
  "smtp.req.command",
  "smtp.req.parameter",
  "smtp.response.code",
  "smtp.rsp.parameter",
].map((name) => ({ name, cell: () => null }));
