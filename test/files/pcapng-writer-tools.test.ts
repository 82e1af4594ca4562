import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { captures } from "../../scripts/synthetic/index.mjs";
import { formatHex } from "../../src/bytes/hex.ts";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import { PcapngWriter } from "../../src/files/pcapng-writer.ts";
import { NO_TIME } from "../../src/files/record.ts";
import { hasTshark, tsharkCells } from "../support/tshark.ts";
import { readAll } from "./samples.ts";

const PYTHON = "/usr/bin/python3";
const hasCapinfos = spawnSync("capinfos", ["--version"]).status === 0;
const hasScapy = spawnSync(PYTHON, ["-c", "import scapy"]).status === 0;
if (!hasTshark)
  console.log("skipped: written files are not read by tshark, which is not installed");
if (!hasCapinfos)
  console.log("skipped: written files are not read by capinfos, which is not installed");
if (!hasScapy) console.log("skipped: written files are not read by Scapy, which is not installed");

const folder = mkdtempSync(join(tmpdir(), "wirecraft-pcapng-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function stored(name: string, bytes: Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

const frame = Uint8Array.from({ length: 120 }, (_, i) => (i === 12 || i === 13 ? 0x88 : i));
const rawIp = Uint8Array.of(0x45, 0, 0, 20, 0, 0, 0, 0, 64, 59, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2);

/** A capture with all that others can read of what we write. */
function sample(littleEndian: boolean): Uint8Array {
  const writer = new PcapngWriter({ littleEndian });
  writer.section({
    hardware: "a board",
    os: "a system",
    application: "a program",
    comment: "a capture",
  });
  writer.interface({
    name: "eth0",
    description: "first card",
    snaplen: 96,
    filter: "tcp",
    os: "an os",
    hardware: "a card",
    speed: 1_000_000_000,
  });
  writer.interface({
    name: "tun0",
    linkType: 101,
    resolution: { base: 2, exponent: 20 },
    timeOffset: 3600,
  });
  writer.interface({ name: "plain", resolution: { base: 10, exponent: 6 } });
  writer.names({
    records: [
      { ipv4: "192.0.2.1", names: ["one.example"] },
      { ipv6: "2001:db8::1", names: ["six.example"] },
    ],
  });
  const values = ["00".repeat(32), "11".repeat(48)];
  writer.secrets({ secrets: "tlsKeyLog", entries: [{ label: "CLIENT_RANDOM", values }] });
  writer.write(frame, 0, 60, 60, 1_700_000_000, 123_456_789, 0, {
    comment: ["hello", "größer"],
    flags: { direction: "outbound", reception: "broadcast", crcError: true },
    packetId: 77,
    queue: 5,
    dropCount: 9,
  });
  writer.write(frame, 0, 120, 120, 1_700_000_001, 5);
  writer.write(rawIp, 0, 20, 20, 1_700_000_002, 500_000_000, 1);
  writer.write(frame, 0, 61, 200, 1_700_000_003, 1999, 2);
  writer.obsoletePacket(frame, 0, 60, 60, 1_700_000_004, 0, 0, 3);
  writer.write(frame, 0, 61, 61, 0, NO_TIME);
  const time = { seconds: 1_700_000_005, nanoseconds: 1 };
  writer.statistics({ time, startTime: time, endTime: time, received: 5, comment: "done" });
  return writer.take();
}

describe.skipIf(!hasTshark)("tshark", () => {
  const names = [
    ...["frame.time_epoch", "frame.len", "frame.cap_len", "frame.encap_type"],
    ...["frame.interface_id", "frame.interface_name", "frame.interface_description"],
    ...["frame.comment", "frame.packet_flags", "frame.packet_id", "frame.interface_queue"],
    "frame.drop_count",
  ];
  const eth0 = ["0", "eth0", "first card"];
  const none = ["", "", "", "", ""];

  it.each([true, false])(
    "reads packets, times, interfaces and options (little endian: %s)",
    (little) => {
      const { frames } = tsharkCells(stored(`tshark-${little}.pcapng`, sample(little)), names);
      const first = ["hello,größer", "0x0100000e", "77", "5", "9"];
      expect(frames).toEqual([
        ["1700000000.123456789", "60", "60", "1", ...eth0, ...first],
        ["1700000001.000000005", "120", "96", "1", ...eth0, ...none],
        ["1700000002.500000000", "20", "20", "7", "1", "tun0", "", ...none],
        ["1700000003.000001000", "200", "61", "1", "2", "plain", "", ...none],
        ["1700000004.000000000", "60", "60", "1", ...eth0, "", "", "", "", "3"],
        ["", "61", "61", "1", ...eth0, ...none],
      ]);
    },
  );

  it("reads the synthetic captures as it reads them from pcap", () => {
    const cells = ["frame.number", "frame.time_epoch", "frame.len", "frame.protocols"];
    const linkType = 1;
    const pcap = new PcapWriter({ linkType });
    const pcapng = new PcapngWriter({ linkType });
    let count = 0;
    for (const capture of captures.filter((one) => one.linkType === linkType)) {
      for (const packet of capture.packets()) {
        const data = packet.bytes();
        const of = { data, start: 0, end: data.length, originalLength: data.length };
        for (const writer of [pcap, pcapng])
          writer.add({ ...of, seconds: count, nanoseconds: 1000 * count });
        count++;
      }
    }
    const [classic, next] = [pcap.take(), pcapng.take()];
    expect(count).toBeGreaterThan(100);
    expect(readAll(next).rows).toEqual(readAll(classic).rows);
    const [a, b] = [stored("synthetic.pcap", classic), stored("synthetic.pcapng", next)];
    const read = tsharkCells(b, cells).frames;
    expect(read).toHaveLength(count);
    expect(read).toEqual(tsharkCells(a, cells).frames);
  });
});

describe.skipIf(!hasCapinfos)("capinfos", () => {
  it.each([true, false])("reads what sections and interfaces say (little endian: %s)", (little) => {
    const file = stored(`capinfos-${little}.pcapng`, sample(little));
    const env = { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC" };
    const { stdout, status } = spawnSync("capinfos", [file], { encoding: "utf8", env });
    expect(status).toBe(0);
    const lines = stdout.split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, " "));
    expect(lines).toEqual(
      expect.arrayContaining([
        "File type: Wireshark/... - pcapng",
        "Number of packets: 6",
        "Capture hardware: a board",
        "Capture oper-sys: a system",
        "Capture application: a program",
        "Capture comment: a capture",
        "Number of interfaces in file: 3",
        "Name = eth0",
        "Description = first card",
        "Encapsulation = Ethernet (1 - ether)",
        "Hardware = a card",
        "Speed = 1000000000",
        "Capture length = 96",
        "Time precision = nanoseconds (9)",
        "Filter string = tcp",
        "Operating system = an os",
        "Number of stat entries = 1",
        "Name = tun0",
        "Encapsulation = Raw IP (7 - rawip)",
        "Time ticks per second = 1048576",
        "Time resolution = 0x94",
        "Timestamp offset = 3600",
        "Name = plain",
        "Time resolution = 0x06",
        "Number of resolved IPv4 addresses in file: 1",
        "Number of resolved IPv6 addresses in file: 1",
        "Number of decryption secrets in file: 1",
      ]),
    );
  });
});

// Its comments are not compared: Scapy 2.5 takes only those that have a line feed. It does not know if_tsoffset.
const SCAPY = `
import sys
from scapy.utils import RawPcapNgReader
for data, m in RawPcapNgReader(sys.argv[1]):
    count = -1 if m.tshigh is None else (m.tshigh << 32) | m.tslow
    print(data.hex(), m.linktype, m.wirelen, m.tsresol, count)
`;

describe.skipIf(!hasScapy)("Scapy", () => {
  it.each([true, false])("reads packets and times (little endian: %s)", (little) => {
    const file = stored(`scapy-${little}.pcapng`, sample(little));
    const { stdout } = spawnSync(PYTHON, ["-c", SCAPY, file], { encoding: "utf8" });
    const hex = (length: number) => formatHex(frame.subarray(0, length));
    const half = BigInt(1_700_000_002 - 3600) * 2n ** 20n + 2n ** 19n;
    expect(stdout.trim().split("\n")).toEqual([
      `${hex(60)} 1 60 1000000000 1700000000123456789`,
      `${hex(96)} 1 120 1000000000 1700000001000000005`,
      `${formatHex(rawIp)} 101 20 1048576 ${half}`,
      `${hex(61)} 1 200 1000000 1700000003000001`,
      `${hex(60)} 1 60 1000000000 1700000004000000000`,
      `${hex(61)} 1 61 1000000000 -1`,
    ]);
  });
});
