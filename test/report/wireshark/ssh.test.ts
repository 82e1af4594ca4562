import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openCapture } from "../../../src/capture/index.ts";
import { PcapWriter } from "../../../src/files/pcap-writer.ts";
import { build } from "../../../src/packet/index.ts";
import { all } from "../../../src/protocols/all.ts";
import { ethernet, ipv4, tcp } from "../../../src/protocols/index.ts";
import { Columns, fieldNames } from "../../../src/report/wireshark/columns.ts";
import { kexInit, many, newKeys, publicValue, reply } from "../../analysis/ssh/samples.ts";
import { hasTshark, tsharkCells } from "../../support/tshark.ts";

const folder = mkdtempSync(join(tmpdir(), "wirecraft-ssh-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = [
  ...["frame.protocols", "tcp.segment_data", "tcp.segment", "tcp.reassembled.length"],
  ...fieldNames(all).filter((name) => name.startsWith("ssh.")),
];

type Said = readonly [side: 0 | 1, what: Uint8Array | string, isAgain?: boolean];
const bytesOf = (what: Uint8Array | string): Uint8Array =>
  typeof what === "string" ? Uint8Array.from(what, (c) => c.charCodeAt(0)) : what;
const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** A capture of a connection, a segment for each thing that is said. */
function capture(said: readonly Said[]): Uint8Array {
  const seq = [100, 200];
  const addresses = ["192.0.2.1", "192.0.2.2"];
  const ports = [50_000, 22];
  const writer = new PcapWriter({ linkType: 1 });
  for (const [i, [side, what, isAgain = false]] of said.entries()) {
    const other = 1 - side;
    const data = bytesOf(what);
    if (isAgain) seq[side]! -= data.length;
    const packet = build(
      ethernet(),
      ipv4({ src: addresses[side]!, dst: addresses[other]! }),
      tcp({
        srcPort: ports[side]!,
        dstPort: ports[other]!,
        seq: seq[side]!,
        ack: seq[other]!,
        flags: { ack: true, psh: data.length > 0 },
      }),
      data,
    );
    seq[side]! += data.length;
    const bytes = packet.bytes();
    writer.write(bytes, 0, bytes.length, bytes.length, 1, i * 1_000_000);
  }
  return writer.take();
}

/** Cells that are not alike, as text, and how many there were. */
function compare(said: readonly Said[]): { readonly wrong: string[]; readonly filled: number } {
  const file = capture(said);
  const path = join(folder, "packets.pcap");
  writeFileSync(path, file);
  const { frames } = tsharkCells(path, names);
  const columns = new Columns(names);
  const wrong: string[] = [];
  let filled = 0;
  let row = 0;
  for (const packet of openCapture(file)) {
    for (const [i, cell] of columns.cells(packet).entries()) {
      const theirs = frames[row]![i]!;
      if (theirs !== "") filled++;
      if (theirs !== cell)
        wrong.push(`#${row + 1} ${names[i]}: tshark "${theirs}", ours "${cell}"`);
    }
    row++;
  }
  return { wrong, filled };
}

const begun: readonly Said[] = [
  [0, "SSH-2.0-a\r\n"],
  [1, "SSH-2.0-b\r\n"],
];
const lists = kexInit({ encryptionAlgorithmsServerToClient: "aes256-ctr" });
const agreed: readonly Said[] = [...begun, [0, lists], [1, lists]];
const kex = kexInit();

describe.skipIf(!hasTshark)("SSH in columns, beside tshark", () => {
  it.each<[string, readonly Said[]]>([
    [
      "packets that lie in several segments",
      [
        ...begun,
        [0, kex.subarray(0, 50)],
        [0, kex.subarray(50, 100)],
        [0, kex.subarray(100)],
        [1, joined(kexInit(), publicValue())],
      ],
    ],
    [
      "what is encrypted, behind keys of a method and cipher that are known",
      [
        ...agreed,
        [0, publicValue()],
        [1, joined(reply(), newKeys(), many(48, 5))],
        [0, newKeys()],
        [0, many(64, 6)],
        [1, many(64, 7)],
      ],
    ],
    [
      "what one side alone said",
      [
        [0, "SSH-2.0-a\r\n"],
        [0, kexInit()],
        [0, publicValue()],
        [0, newKeys()],
        [0, many(64, 6)],
        [0, many(5, 6)],
      ],
    ],
    [
      "a client without a line",
      [
        [1, "SSH-2.0-b\r\n"],
        [0, kexInit()],
        [1, kexInit()],
        [0, publicValue()],
      ],
    ],
    [
      "another protocol",
      [
        [0, "GET / HTTP/1.1\r\n\r\n"],
        [1, "SSH-2.0-b\r\n"],
        [1, "Invalid line"],
        [1, "\r\n"],
        [1, "four"],
      ],
    ],
    [
      "lines before that of a server, whose client was first",
      [
        [0, "SSH-2.0-a\r\n"],
        [1, " Welcome\r\n"],
        [1, "SSH-2.0-b\r\n"],
        [1, kexInit()],
        [0, kexInit()],
      ],
    ],
    [
      "lines before that of a server that is first",
      [
        [1, " Welcome\r\n"],
        [1, "SSH-2.0-b\r\n"],
        [1, kexInit()],
        [0, "SSH-2.0-a\r\n"],
        [0, kexInit()],
      ],
    ],
    [
      "packets that are sent again, at once and after a while",
      [
        ...begun,
        [1, ""],
        [1, ""],
        [1, ""],
        [1, ""],
        [0, kex],
        [0, kex, true],
        [1, kexInit()],
        [1, kexInit(), true],
      ],
    ],
  ])("agree on %s", (_, said) => {
    const { wrong, filled } = compare(said);
    expect(wrong).toEqual([]);
    expect(filled).toBeGreaterThan(8);
  });
});
