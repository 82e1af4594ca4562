import { describe, expect, it } from "vitest";
import type { Block } from "../../src/files/blocks.ts";
import { PcapngWriter } from "../../src/files/pcapng-writer.ts";
import { ascii, block, epb, idb, join, readAll, shb } from "./samples.ts";

const data = ascii("hello");
const none = new Uint8Array(0);

describe("what the format cannot hold", () => {
  const writer = new PcapngWriter();
  writer.interface({ resolution: { base: 10, exponent: 6 } });
  writer.take();
  const little = readAll(join(shb(), idb(), block(4, none))).blocks;
  const big = readAll(join(shb(false), idb(false), block(4, none, false))).blocks;
  const write =
    (...rest: readonly number[]) =>
    () => {
      const [end = 5, original = 5, seconds = 0, nanoseconds = 0] = rest;
      writer.write(data, 0, end, original, seconds, nanoseconds);
    };

  it.each<readonly [string, string, () => void]>([
    ["time", "seconds must be an integer from 0 to 18446744073709", write(5, 5, -1)],
    ["time", "seconds must be an integer from 0 to 18446744073709", write(5, 5, 2e13)],
    ["time", "seconds must be", write(5, 5, 0.5)],
    [
      "time",
      "nanoseconds must be an integer from 0 to 999999999, got 1000000000",
      write(5, 5, 0, 1e9),
    ],
    ["place", "end must be an integer from 0 to 5, got 6", write(6)],
    [
      "place",
      "start must be an integer from 0 to 2, got 3",
      () => writer.write(data, 3, 2, 5, 0, 0),
    ],
    ["length", "originalLength must be an integer from 0 to 4294967295, got -1", write(5, -1)],
    [
      "options",
      "options must have a multiple of 4 bytes, got 5",
      () => writer.write(data, 0, 5, 5, 0, 0, 0, data),
    ],
    ["captured", "originalLength must be 5", () => writer.simplePacket(data, 0, 5, 9)],
    [
      "drops",
      "dropCount must be an integer from 0 to 65534",
      () => writer.obsoletePacket(data, 0, 5, 5, 0, 0, 0, 65_535),
    ],
    [
      "version",
      "section.majorVersion must be an integer from 0 to 65535, got 65536",
      () => writer.section({ majorVersion: 65_536 }),
    ],
    [
      "length",
      "section.sectionLength must be an integer from -1 to",
      () => writer.section({ sectionLength: -2 }),
    ],
    [
      "text",
      "section.os must be text, got number",
      () => writer.section({ os: 5 as unknown as string }),
    ],
    ["text", "section.os must have no NUL, got one at 1", () => writer.section({ os: "a\0b" })],
    [
      "text",
      "section.comment must have at most 65535 bytes, got 65536",
      () => writer.section({ comment: "x".repeat(65_536) }),
    ],
    [
      "link type",
      "interface.linkType must be an integer from 0 to 65535",
      () => writer.interface({ linkType: -1 }),
    ],
    [
      "snaplen",
      "interface.snaplen must be an integer from 0 to 4294967295",
      () => writer.interface({ snaplen: 2 ** 32 }),
    ],
    [
      "base",
      "interface.resolution.base must be 2 or 10, got 3",
      () => writer.interface({ resolution: { base: 3 as 2, exponent: 1 } }),
    ],
    [
      "exponent",
      "interface.resolution.exponent must be an integer from 0 to 127, got 128",
      () => writer.interface({ resolution: { base: 2, exponent: 128 } }),
    ],
    [
      "zone",
      "interface.timeZone must be an integer from -2147483648 to 2147483647",
      () => writer.interface({ timeZone: 2 ** 31 }),
    ],
    [
      "fcs",
      "interface.fcsLength must be an integer from -1 to 31, got 32",
      () => writer.interface({ fcsLength: 32 }),
    ],
    [
      "speed",
      "interface.speed must be an integer from 0 to 18446744073709551615",
      () => writer.interface({ speed: -1n }),
    ],
    [
      "speed",
      "interface.txSpeed must be an integer from 0 to",
      () => writer.interface({ txSpeed: 1.5 }),
    ],
    [
      "offset",
      "interface.timeOffset must be an integer from -9223372036854775808 to",
      () => writer.interface({ timeOffset: 1e20 }),
    ],
    [
      "address",
      "interface.addresses.ipv4: ",
      () => writer.interface({ addresses: { ipv4: "192.0.2.256/24" } }),
    ],
    [
      "mask",
      "interface.addresses.ipv4: the length of the prefix must be an integer from 0 to 32",
      () => writer.interface({ addresses: { ipv4: "192.0.2.1/33" } }),
    ],
    [
      "prefix",
      "interface.addresses.ipv6: the length of the prefix must be",
      () => writer.interface({ addresses: { ipv6: "::1/x" } }),
    ],
    ["address", "interface.addresses.mac: ", () => writer.interface({ addresses: { mac: "02" } })],
    [
      "filter",
      "interface.filter.type must be an integer from 0 to 255",
      () => writer.interface({ filter: { type: 256, data } }),
    ],
    [
      "option",
      "interface.other.code must be an integer from 1 to 65535, got 0",
      () => writer.interface({ other: [{ code: 0, value: none }] }),
    ],
    [
      "pen",
      "interface.custom.pen must be an integer from 0 to 4294967295",
      () => writer.interface({ custom: { pen: -1, value: "" } }),
    ],
    [
      "name",
      "names.records.names must have one at least",
      () => writer.names({ records: [{ ipv4: "192.0.2.1", names: [] }] }),
    ],
    [
      "name",
      "names.records.names must not be empty",
      () => writer.names({ records: [{ ipv6: "::1", names: ["a", ""] }] }),
    ],
    [
      "address",
      "names.records.ipv6: ",
      () => writer.names({ records: [{ ipv6: "192.0.2.1", names: ["a"] }] }),
    ],
    [
      "record",
      "names.records.type must be an integer from 1 to 65535, got 0",
      () => writer.names({ records: [{ type: 0, value: none }] }),
    ],
    [
      "record",
      "names.records.value must have at most 65535 bytes",
      () => writer.names({ records: [{ type: 9, value: new Uint8Array(65_536) }] }),
    ],
    [
      "time",
      "statistics.time.seconds must be an integer from 0 to",
      () => writer.statistics({ time: { seconds: -1, nanoseconds: 0 } }),
    ],
    [
      "time",
      "statistics.endTime.nanoseconds must be",
      () =>
        writer.statistics({
          time: { seconds: 1, nanoseconds: 0 },
          endTime: { seconds: 1, nanoseconds: -1 },
        }),
    ],
    [
      "type",
      "secrets.secretsType must be an integer from 0 to 4294967295",
      () => writer.secrets({ secretsType: -1, data }),
    ],
    [
      "key",
      "secrets.key must have 16 bytes, got 5",
      () => writer.secrets({ secrets: "zigbeeNwkKey", key: data, panId: 1 }),
    ],
    [
      "key",
      "secrets.panId must be an integer from 0 to 65535",
      () => writer.secrets({ secrets: "zigbeeNwkKey", key: new Uint8Array(16), panId: -1 }),
    ],
    [
      "pen",
      "custom.pen must be an integer from 0 to 4294967295",
      () => writer.custom({ pen: 2 ** 32, data }),
    ],
    [
      "type",
      "unknown.type must be an integer from 0 to 4294967295",
      () => writer.unknown({ type: 0.5, body: data }),
    ],
    [
      "type",
      "unknown.type must not be that of a section header",
      () => writer.unknown({ type: 0x0a0d0d0a, body: data }),
    ],
    [
      "order",
      "a block with the high byte first cannot stand in a section of the other order",
      () => writer.block(big[2] as Block),
    ],
    [
      "section",
      "a section header has to be written first",
      () => new PcapngWriter().block(little[2] as Block),
    ],
    [
      "bytes",
      "a block's lengths must both be 16, the number of its bytes, got 12 and 0",
      () => writer.block({ ...(little[2] as Block), raw: join(block(4, none), new Uint8Array(4)) }),
    ],
    [
      "bytes",
      "a block's length must be a multiple of 4 from 12 to 5, got 5",
      () => writer.block({ ...(little[2] as Block), raw: data }),
    ],
    [
      "packet",
      "recordStart must be where a packet block begins, got 0",
      () => writer.copy(block(4, none), 0, true),
    ],
    [
      "packet",
      "recordStart must be where a packet block begins, got 9",
      () => writer.copy(none, 9, true),
    ],
    [
      "interface",
      "the packet's interface in its section must be an integer from 0 to 0, got 1",
      () => writer.copy(epb(data, { id: 1 }), 0, true),
    ],
    [
      "cut",
      "a block's length must be a multiple of 4 from 12 to 36, got 40",
      () => writer.copy(epb(data).slice(0, 36), 0, true),
    ],
  ])("%s: %s", (_, message, attempt) => {
    // What is no text or no address at all is a TypeError; all else is out of its range.
    const kind = /must be text|: $/.test(message) ? TypeError : RangeError;
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(kind);
    expect(writer.size).toBe(0);
  });
});
