import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { escapeText } from "../bytes/escape.ts";
import { formatHex, hexDump } from "../bytes/hex.ts";
import { PcapWriter } from "../files/pcap-writer.ts";
import { PcapngWriter } from "../files/pcapng-writer.ts";
import { ClosedPipe, type Output, openOutput } from "../node/output.ts";
import { build as buildPacket, type Stackable } from "../packet/build.ts";
import type { Packet } from "../packet/packet.ts";
import { all } from "../protocols/all.ts";
import { linkTypes } from "../protocols/link/ethernet.ts";
import { stackFromJson } from "../report/json/values.ts";
import { wholeNumber } from "./input.ts";
import { UsageError } from "./run.ts";
import { ExpressionError } from "./stack-expression.ts";
import { stackFromExpression } from "./stack-values.ts";

interface BuildOptions {
  readonly output?: string;
  readonly format?: string;
  readonly hex?: boolean;
  readonly count?: string;
  readonly linkType?: string;
}

/** A packet with its time, where the recipe gives one. */
interface Made {
  readonly packet: Packet;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Formats by what a file's name ends with. */
const byExtension: Readonly<Record<string, string>> = {
  ".pcap": "pcap",
  ".cap": "pcap",
  ".pcapng": "pcapng",
  ".hex": "hex",
  ".txt": "dump",
};
const FORMATS = ["pcap", "pcapng", "dump", "hex", "text"];

function chooseFormat({ format, hex, output }: BuildOptions): string {
  const extension = extname(output ?? "").toLowerCase();
  const chosen = hex ? "hex" : (format?.toLowerCase() ?? byExtension[extension] ?? "dump");
  if (!FORMATS.includes(chosen))
    throw new UsageError(`--format: '${chosen}' is not known; there are ${FORMATS.join(", ")}`);
  return chosen;
}

/**
 * `wirecraft build`: packets from a stack of layers on one line, or from a recipe of JSON on standard input, as a capture,
 * dumps, hexadecimal lines or text. The same input gives the same bytes: without times of their own, packets are one second
 * apart from 1970 on.
 */
export async function build(given: string, options: BuildOptions): Promise<void> {
  const format = chooseFormat(options);
  const count = wholeNumber("--count", options.count, 1) ?? 1;
  const linkType = wholeNumber("--link-type", options.linkType);
  const made = given === "-" ? fromJson(readFileSync(0, "utf8")) : [fromExpression(given)];
  const isTerminal = (options.output ?? "-") === "-" && process.stdout.isTTY;
  const isCapture = format === "pcap" || format === "pcapng";
  if (isCapture && isTerminal)
    throw new UsageError(
      `--format ${format}: a capture is not for a terminal; name a file with -o`,
    );
  const writer =
    format === "pcap" ? pcapFor(made, linkType) : isCapture ? new PcapngFile(made, linkType) : null;
  const out = openOutput(options.output);
  try {
    for (let i = 0; i < count; i++)
      made.forEach((one, k) => {
        write(out, writer, format, one, i * made.length + k);
      });
    if (writer !== null) out.write(writer.take());
    out.finish();
  } catch (error) {
    if (!(error instanceof ClosedPipe)) out.abandon();
    throw error;
  }
}

const PIECE = 1 << 18;

function write(
  out: Output,
  writer: PcapWriter | PcapngFile | null,
  format: string,
  { packet, seconds, nanoseconds }: Made,
  index: number,
): void {
  const bytes = packet.bytes({ update: false });
  if (writer !== null) {
    const time =
      nanoseconds < 0 ? ([index % 2 ** 32, 0] as const) : ([seconds, nanoseconds] as const);
    if (writer instanceof PcapngFile) writer.add(packet, bytes, ...time);
    else writer.write(bytes, 0, bytes.length, bytes.length, ...time);
    if (writer.size >= PIECE) out.write(writer.take());
  } else if (format === "hex") out.write(`${formatHex(bytes)}\n`);
  else if (format === "text") out.write(`${index === 0 ? "" : "\n"}${packet}\n`);
  else out.write(`${index === 0 ? "" : "\n"}${hexDump(bytes)}\n`);
}

/** A file with an interface for each link type of its packets. */
class PcapngFile {
  private readonly writer: PcapngWriter;
  private readonly told: number | undefined;
  private readonly interfaces: Map<number, number>;

  constructor(made: readonly Made[], told: number | undefined) {
    this.writer = new PcapngWriter({ section: { application: "wirecraft" } });
    this.told = told;
    this.interfaces = new Map();
    for (const { packet } of made) this.interfaceOf(packet);
  }

  private interfaceOf(packet: Packet): number {
    const linkType = this.told ?? linkTypeOf(packet);
    if (linkType > 0xffff) throw new UsageError("--link-type: a number up to 65535 is wanted");
    let index = this.interfaces.get(linkType);
    if (index === undefined) {
      index = this.writer.interface({ linkType });
      this.interfaces.set(linkType, index);
    }
    return index;
  }

  get size(): number {
    return this.writer.size;
  }

  take(): Uint8Array {
    return this.writer.take();
  }

  add(packet: Packet, bytes: Uint8Array, seconds: number, nanoseconds: number): void {
    const { length } = bytes;
    this.writer.write(bytes, 0, length, length, seconds, nanoseconds, this.interfaceOf(packet));
  }
}

/** A file for packets of one link type: that of their lowest protocol, unless told. */
function pcapFor(made: readonly Made[], told: number | undefined): PcapWriter {
  const types = new Set(told === undefined ? made.map(({ packet }) => linkTypeOf(packet)) : [told]);
  const [linkType = 1] = types;
  if (types.size > 1)
    throw new UsageError(
      `a pcap file has one link type, these packets have ${[...types].join(" and ")}; --link-type says which`,
    );
  if (linkType > 0xffff) throw new UsageError("--link-type: a number up to 65535 is wanted");
  const nanoseconds = made.some((one) => one.nanoseconds > 0 && one.nanoseconds % 1000 !== 0);
  return new PcapWriter({ linkType, nanoseconds });
}

function linkTypeOf({ first }: Packet): number {
  const root = first?.schema.root;
  const keys = root?.about.over.filter((b) => b.table === linkTypes).flatMap((b) => b.keys) ?? [];
  const type = keys.find((key) => typeof key === "number");
  if (type !== undefined) return type;
  const what = root === undefined ? "bytes alone" : `a packet that begins with ${root.name}`;
  throw new UsageError(`no link type is known for ${what}; --link-type <n> gives one`);
}

function fromExpression(text: string): Made {
  try {
    return { packet: made(stackFromExpression(text, all)), seconds: 0, nanoseconds: -1 };
  } catch (error) {
    if (error instanceof ExpressionError) throw new UsageError(error.message);
    throw error;
  }
}

/** What is too much for a length field, or has no place in a header, is an error of the recipe. */
function made(stack: readonly Stackable[]): Packet {
  try {
    return buildPacket(...stack);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError)
      throw new UsageError(error.message);
    throw error;
  }
}

type JsonObject = { readonly [key: string]: unknown };

/**
 * Frames as `wirecraft extract` writes them: one object, a list, a line each, or a whole report, whose other blocks are
 * passed over.
 */
function fromJson(text: string): Made[] {
  const frames = framesOf(parsed(text));
  if (frames.length === 0) throw new UsageError("the recipe holds no frame");
  return frames.map(([name, frame]) => {
    try {
      const stack = stackFromJson(frame, all);
      if (stack.length === 0) throw new TypeError("it names no protocol that is known");
      return { packet: made(stack), ...timeOf(frame) };
    } catch (error) {
      throw new UsageError(escapeText(`${name}: ${(error as Error).message}`));
    }
  });
}

function parsed(text: string): unknown {
  if (text.trim() === "") throw new UsageError("standard input holds no recipe");
  try {
    return JSON.parse(text);
  } catch (error) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    try {
      return lines.map((line) => JSON.parse(line) as unknown);
    } catch {
      throw new UsageError(`standard input is no JSON: ${(error as Error).message}`);
    }
  }
}

function framesOf(json: unknown): (readonly [name: string, frame: JsonObject])[] {
  if (Array.isArray(json)) return json.map((one, i) => [`frame ${i + 1}`, objectOf(one)] as const);
  const whole = objectOf(json);
  const blocks = Object.entries(whole).filter(([key]) => /^(?:Frame \d+|Global Header)$/.test(key));
  if (blocks.length === 0) return [["frame", whole]];
  return blocks
    .filter(([key]) => key !== "Global Header")
    .map(([key, one]) => [key, objectOf(one)] as const);
}

function objectOf(json: unknown): JsonObject {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new UsageError(`a frame is an object, not ${JSON.stringify(json)}`);
  return json as JsonObject;
}

/** `time_epoch`, seconds with a fraction as text. */
function timeOf({ time_epoch: epoch }: JsonObject): { seconds: number; nanoseconds: number } {
  const match = /^(\d{1,10})(?:\.(\d{1,9}))?$/.exec(String(epoch ?? ""));
  if (match === null) return { seconds: 0, nanoseconds: -1 };
  return {
    seconds: Number(match[1]),
    nanoseconds: Number((match[2] ?? "").padEnd(9, "0")),
  };
}
