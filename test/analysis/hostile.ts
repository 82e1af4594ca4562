import type { Application } from "../../src/analysis/application.ts";
import { applications } from "../../src/analysis/applications.ts";
import type { AnalysisEvent } from "../../src/analysis/events.ts";
import type { Side } from "../../src/analysis/input.ts";
import { ConnectionReader } from "../../src/analysis/reader.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { Seeded } from "../../src/packet/seeded.ts";
import { all } from "../../src/protocols/all.ts";
import { joined, latin1Bytes } from "../support/bytes.ts";

/** What a side says next, or bytes of it that are missing. */
export type Piece =
  | { readonly side: Side; readonly bytes: Uint8Array }
  | { readonly side: Side; readonly gap: number }
  | { readonly side: Side; readonly end: true };

export interface ReadOptions {
  /** Who may read; all by default. */
  readonly applications?: readonly Application[];
  readonly port?: number;
  readonly inputLimit?: number;
  /** Called for each event as it is told, when borrowed bytes are valid. */
  readonly onEvent?: (event: AnalysisEvent) => void;
  /** Called for each message that is shown, with the names of its layers. */
  readonly onMessage?: (names: readonly string[], from: number, to: number) => void;
  /** Called after each piece. */
  readonly onPiece?: (reader: ConnectionReader) => void;
  /** Whether the sides end behind the pieces; `true` by default. */
  readonly ends?: boolean;
}

const dissector = createDissector(all);

/** What the client says: text with one character a byte, or bytes. */
export const client = (said: string | Uint8Array): Piece => ({
  side: 0,
  bytes: typeof said === "string" ? latin1Bytes(said) : said,
});
/** What the server says. */
export const server = (said: string | Uint8Array): Piece => ({ ...client(said), side: 1 });
export const gap = (side: Side, length: number): Piece => ({ side, gap: length });

/** Reads a conversation piece by piece and gives its events. Bytes are written over after each piece, as captures do. */
export function readPieces(
  pieces: readonly Piece[],
  options: ReadOptions = {},
): {
  readonly events: AnalysisEvent[];
  readonly reader: ConnectionReader;
} {
  const events: AnalysisEvent[] = [];
  const { onMessage, onPiece } = options;
  const reader = new ConnectionReader(
    {
      applications: options.applications ?? applications,
      dissector,
      isByContent: () => true,
      inputLimit: options.inputLimit ?? 1 << 20,
      onEvent(event) {
        options.onEvent?.(event);
        events.push(event);
      },
      onMessage:
        onMessage === undefined
          ? null
          : ({ layers, from, to }) =>
              onMessage(
                layers.map(({ schema }) => schema.name),
                from,
                to,
              ),
      shared: new Map(),
    },
    { index: 0, src: "192.0.2.1", srcPort: 40_000, dst: "192.0.2.2", dstPort: options.port ?? 80 },
  );
  pieces.forEach((piece, i) => {
    if ("gap" in piece) reader.gap(piece.side, piece.gap);
    else if ("end" in piece) reader.end(piece.side);
    else {
      const borrowed = piece.bytes.slice();
      const origin = { packet: i + 1, seconds: i, nanoseconds: 0, retransmitted: false };
      reader.data(piece.side, borrowed, 0, borrowed.length, origin);
      borrowed.fill(0xee);
    }
    onPiece?.(reader);
  });
  if (options.ends !== false) for (const side of [0, 1] as const) reader.end(side);
  return { events, reader };
}

/** Draws a whole number below one that is more than zero. */
type Random = (below: number) => number;

function mutatedBytes(
  bytes: Uint8Array,
  random: Random,
  others: readonly Uint8Array[],
): Uint8Array {
  const at = random(bytes.length + 1);
  const size = random(Math.min(64, bytes.length - at) + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  const other = others[random(others.length)]!;
  const from = random(other.length + 1);
  switch (random(7)) {
    case 0: // One byte is another.
      return joined(
        before,
        after.length > 0 ? Uint8Array.of(random(256)) : after,
        after.subarray(1),
      );
    case 1: // Some are missing.
      return joined(before, after.subarray(size));
    case 2: // Some come twice.
      return joined(before, after.subarray(0, size), after);
    case 3: // Some are of another.
      return joined(before, other.subarray(from, from + 64), after);
    case 4: // Noise.
      return joined(
        before,
        Uint8Array.from({ length: random(40) }, () => random(256)),
        after,
      );
    case 5: // An extreme number.
      return joined(
        before,
        new Uint8Array(1 + random(8)).fill(random(2) * 255),
        after.subarray(size),
      );
    default: // The end is missing.
      return before;
  }
}

/** A conversation made wrong in some ways, and cut somewhere. */
function mutated(pieces: readonly Piece[], random: Random, others: readonly Uint8Array[]): Piece[] {
  const made: Piece[] = [];
  for (const piece of pieces) {
    if (!("bytes" in piece)) {
      made.push(piece);
      continue;
    }
    let { bytes } = piece;
    for (let n = random(3); n > 0; n--) bytes = mutatedBytes(bytes, random, others);
    if (random(20) === 0) continue;
    if (random(12) === 0) made.push({ side: piece.side, gap: 1 + random(3000) });
    for (let at = 0; at < bytes.length; ) {
      const next = Math.min(bytes.length, at + 1 + random(random(4) === 0 ? 3 : 600));
      made.push({ side: piece.side, bytes: bytes.subarray(at, next) });
      at = next;
      if (random(60) === 0) made.push({ side: piece.side, gap: 1 + random(50) });
    }
    if (random(30) === 0) made.push({ side: piece.side, end: true });
  }
  if (random(10) === 0) made.reverse();
  return made;
}

/** What {@link readHostile} saw, so that a test can say that it saw something. */
export interface HostileResult {
  readonly rounds: number;
  readonly events: number;
  readonly notes: number;
}

/**
 * Reads conversations made wrong: nothing may throw, what is kept stays bounded, reading comes to an end, and no place
 * lies outside of what was said. An endless loop shows as the test's time running out.
 */
export function readHostile(
  application: Application,
  samples: readonly (readonly Piece[])[],
  options: ReadOptions & { readonly rounds?: number; readonly seed?: number } = {},
): HostileResult {
  const { rounds = 2000, seed = 1, inputLimit = 16_384 } = options;
  const others = samples.flatMap((pieces) =>
    pieces.flatMap((piece) => ("bytes" in piece ? [piece.bytes] : [])),
  );
  let events = 0;
  let notes = 0;
  for (let round = 0; round < rounds; round++) {
    const draws = new Seeded(seed * 1_000_003 + round);
    const random: Random = (below) => draws.upTo(below - 1);
    const pieces = mutated(samples[random(samples.length)]!, random, others);
    // What waits is at most twice the limit, with room to grow into, and marks of where it came from.
    const most = 2 * (4 * inputLimit + 65_536);
    try {
      const result = readPieces(pieces, {
        ...options,
        applications: options.applications ?? [application],
        inputLimit,
        onMessage: random(2) === 0 ? () => {} : undefined,
        onPiece(reader) {
          if (reader.held > most) throw new Error(`${reader.held} bytes are kept`);
        },
        onEvent(event) {
          options.onEvent?.(event);
          const { offset, length } = event.place;
          if (!(offset >= 0 && length >= 0)) throw new Error(`${event.type} lies at ${offset}`);
        },
      } as ReadOptions);
      events += result.events.length;
      notes += result.events.filter(({ type }) => type === "note").length;
    } catch (error) {
      throw new Error(`round ${round} of seed ${seed}: ${(error as Error).stack}`);
    }
  }
  return { rounds, events, notes };
}
