import type { CaptureError } from "../../src/files/errors.ts";
import { type MergeOptions, mergeCaptures } from "../../src/files/merge.ts";
import { type ByteSource, bytesSource } from "../../src/files/source.ts";
import {
  ascii,
  block,
  endOfOptions,
  epb,
  idb,
  isb,
  join,
  number,
  option,
  pb,
  pcapHeader,
  pcapRecord,
  readAll,
  shb,
  spb,
} from "./samples.ts";

/** Small captures that are merged, and what becomes of them. */

export interface Merged {
  readonly bytes: Uint8Array;
  readonly fault?: unknown;
  readonly faults: string[];
}

/** The file that several captures become. */
export async function merged(
  files: readonly (Uint8Array | ByteSource)[],
  options: MergeOptions = {},
): Promise<Merged> {
  const pieces: Uint8Array[] = [];
  const faults: string[] = [];
  const sources = files.map((file) => (file instanceof Uint8Array ? bytesSource(file) : file));
  const onFault = (input: number, { code }: CaptureError) => void faults.push(`${input} ${code}`);
  try {
    for await (const piece of mergeCaptures(sources, { ...options, onFault })) pieces.push(piece);
  } catch (fault) {
    return { bytes: Uint8Array.from(Buffer.concat(pieces)), fault, faults };
  }
  return { bytes: Uint8Array.from(Buffer.concat(pieces)), faults };
}

/** What the packets of a file say, as text. */
export const texts = (bytes: Uint8Array): string =>
  readAll(bytes)
    .rows.map((row) => String.fromCharCode(...row.bytes))
    .join(" ");

/** A pcap file with a packet for each time; the packet is a letter and the time. */
export const pcap = (letter: string, times: readonly number[], header = {}): Uint8Array =>
  join(
    pcapHeader(header),
    ...times.map((seconds) => pcapRecord(ascii(`${letter}${seconds}`), { seconds })),
  );

/** The same as pcapng. */
export const pcapng = (letter: string, times: readonly number[], little = true): Uint8Array =>
  join(
    shb(little),
    idb(little, option(2, letter, little)),
    ...times.map((seconds) =>
      epb(ascii(`${letter}${seconds}`), { little, units: BigInt(seconds) * 1_000_000n }),
    ),
  );

/** A section with everything that has an interface in it or hangs on the byte order. */
export const everything = (little: boolean): Uint8Array =>
  join(
    shb(little, join(option(2, "a board", little), option(1, "said here", little), endOfOptions)),
    idb(little, join(option(2, "unused", little), endOfOptions)),
    idb(
      little,
      join(
        option(2, "eth0", little),
        option(8, number(8, 1_000_000_000, little), little),
        option(9, Uint8Array.of(9), little),
        option(10, number(4, -3600, little), little),
        option(14, number(8, -2, little), little),
        option(2988, join(number(4, 32_473, little), ascii("own")), little),
        endOfOptions,
      ),
      { snaplen: 70_000 },
    ),
    block(
      4,
      join(
        option(
          1,
          join(Uint8Array.of(192, 0, 2, 1), ascii("one.example"), Uint8Array.of(0)),
          little,
        ),
        number(4, 0, little),
        option(2, "server.example", little),
        endOfOptions,
      ),
      little,
    ),
    block(
      10,
      join(number(4, 0x544c534b, little), number(4, 5, little), ascii("keys\n...")),
      little,
    ),
    epb(ascii("first"), {
      little,
      id: 1,
      units: 5_000_000_000n,
      original: 99,
      options: join(
        option(1, "größer", little),
        option(2, number(4, 0x0100_0042, little), little),
        option(3, Uint8Array.of(2, 1, 2, 3, 4), little),
        option(4, number(8, 2n ** 40n, little), little),
        option(5, number(8, 77, little), little),
        option(6, number(4, 3, little), little),
        option(19373, join(number(4, 32_473, little), Uint8Array.of(1, 2, 3)), little),
        endOfOptions,
      ),
    }),
    pb(ascii("second!"), 3, {
      little,
      id: 1,
      units: 6_000_000_000n,
      options: join(option(2, number(4, 1, little), little), endOfOptions),
    }),
    spb(ascii("third..."), 8, little),
    block(9, ascii("MESSAGE=x\n.."), little),
    block(0xbad, join(number(4, 32_473, little), ascii("mine")), little),
    block(0x1234, ascii("what"), little),
    isb(
      1,
      7_000_000_000n,
      join(
        option(2, join(number(4, 0, little), number(4, 9, little)), little),
        option(4, number(8, 500, little), little),
        endOfOptions,
      ),
      little,
    ),
  );
