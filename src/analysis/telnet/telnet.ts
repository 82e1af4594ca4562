import { joined } from "../../bytes/joined.ts";
import { IAC, nextCommand, SB, SE, unescaped } from "../../protocols/application/telnet/escapes.ts";
import { telnet } from "../../protocols/application/telnet/telnet.ts";
import type { Application, Connection, FirstBytes, Verdict } from "../application.ts";
import type { SideInput, Waiting } from "../input.ts";
import { decodeText } from "../text/decode.ts";
import { showingSegments } from "../text/segments.ts";

/** The first of the commands (RFC 885), and those that name an option. */
const FIRST_COMMAND = 236;
const verbs = new Map([
  [251, "will"],
  [252, "wont"],
  [253, "do"],
  [254, "dont"],
] as const);
/** Bytes of a subnegotiation that are kept. */
const MOST = 65_536;

function guess({ inputs, isExpected }: FirstBytes): Verdict {
  if (isExpected) return inputs.some((input) => input.available > 0) ? "yes" : "more";
  // A negotiation of an option that is in use, from both or the server.
  const [client, server] = inputs;
  if (client.available > 0 && client.bytes[client.start] !== IAC) return "no";
  if (server.available === 0) return "more";
  if (server.bytes[server.start] !== IAC) return "no";
  if (server.available < 6) return server.isBlocked ? "no" : "more";
  const isVerb = (at: number): boolean =>
    server.bytes[server.start + at] === IAC && server.bytes[server.start + at + 1]! > SB;
  return isVerb(0) && (isVerb(3) || server.bytes[server.start + 3]! < 128) ? "yes" : "no";
}

/** Reads one side. */
class SideReader {
  private readonly connection: Connection;
  private readonly input: SideInput;

  constructor(connection: Connection, input: SideInput) {
    this.connection = connection;
    this.input = input;
  }

  *read(): Waiting {
    const { input } = this;
    for (;;) {
      input.begin();
      if (!(yield* input.any())) {
        if (!this.pass()) return;
        continue;
      }
      const stop = nextCommand(input.bytes, input.start, input.end);
      if (stop > input.start) this.data(stop - input.start);
      if (input.available > 0) yield* this.command();
    }
  }

  private place(size: number) {
    return this.input.place(this.input.offset, this.input.offset + size);
  }

  private data(size: number): void {
    const { connection, input } = this;
    // One byte 255 at the end may be the first of two.
    const bytes = unescaped(input.bytes, input.start, input.start + size);
    const text = decodeText(bytes, 0, bytes.length);
    const place = this.place(size);
    connection.emit({ type: "telnet.data", connection: connection.info, place, bytes, text });
    input.skip(size);
  }

  /** What begins with the byte 255: a command, or data with that byte. */
  private *command(): Waiting {
    const { connection, input } = this;
    const { info } = connection;
    input.begin();
    if (!(yield* input.has(2))) return this.cut();
    const command = input.bytes[input.start + 1]!;
    if (command === IAC) return this.data(2);
    const verb = verbs.get(command as 251);
    if (verb === undefined && command !== SB) {
      const place = this.place(2);
      if (command >= FIRST_COMMAND)
        connection.emit({ type: "telnet.command", connection: info, place, command });
      else connection.note("telnet", "malformed", place, `${command} is no command`);
      input.skip(2);
      return;
    }
    if (!(yield* input.has(3))) return this.cut();
    const option = input.bytes[input.start + 2]!;
    if (verb !== undefined) {
      const place = this.place(3);
      connection.emit({ type: "telnet.negotiation", connection: info, place, verb, option });
      input.skip(3);
    } else yield* this.subnegotiation(option);
  }

  /** Reads up to the command that ends it: IAC SE, or any other, which was forgotten to be ended before. */
  private *subnegotiation(option: number): Waiting {
    const { connection, input } = this;
    const from = input.offset;
    input.skip(3);
    const kept: Uint8Array[] = [];
    let size = 0;
    let isEnded = false;
    while (yield* input.any()) {
      const stop = nextCommand(input.bytes, input.start, input.end);
      const piece = unescaped(input.bytes, input.start, stop);
      if (size + piece.length <= MOST) kept.push(piece);
      size += piece.length;
      input.skip(stop - input.start);
      if (input.available === 0) continue;
      if (!(yield* input.has(2))) break;
      const next = input.bytes[input.start + 1]!;
      // Two of them, of which the second had not come yet, are data.
      if (next === IAC) continue;
      isEnded = next === SE;
      if (isEnded) input.skip(2);
      break;
    }
    const place = input.place(from, input.offset);
    if (size > MOST) connection.note("telnet", "limit", place, "a subnegotiation is too long");
    else if (!isEnded) connection.note("telnet", "malformed", place, "a subnegotiation has no end");
    connection.emit({
      type: "telnet.subnegotiation",
      connection: connection.info,
      place,
      option,
      data: joined(kept),
      complete: isEnded && size <= MOST,
    });
  }

  private cut(): void {
    const { connection, input } = this;
    connection.note("telnet", "incomplete", this.place(input.available), "a command was cut off");
    input.skip(input.available);
  }

  private pass(): boolean {
    const { connection, input } = this;
    const { offset } = input;
    const missing = input.pass();
    if (missing === 0) return false;
    connection.note("telnet", "gap", input.place(offset, offset), `${missing} bytes are missing`);
    return true;
  }
}

/** Telnet (RFC 854, RFC 855). */
export const telnetApplication: Application = {
  name: "telnet",
  ports: [23],
  protocols: [telnet],
  guess,
  read(connection: Connection) {
    const [client, server] = connection.inputs;
    const reader = (input: SideInput): Waiting =>
      showingSegments(connection, input, telnet, new SideReader(connection, input).read());
    return [reader(client), reader(server)];
  },
};
