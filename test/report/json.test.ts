import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHex } from "../../src/bytes/hex.ts";
import { build } from "../../src/packet/build.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { all } from "../../src/protocols/all.ts";
import { frameContent } from "../../src/report/frame.ts";
import { JsonReport } from "../../src/report/json/document.ts";
import { frameText } from "../../src/report/json/frame.ts";
import { NdjsonReport } from "../../src/report/json/ndjson.ts";
import { jsonText } from "../../src/report/json/text.ts";
import { bottomKey } from "../../src/report/keys.ts";
import {
  appBytes,
  captured,
  linkTypeNames,
  netBytes,
  pcapHeader,
  sectionHeader,
} from "./frames.ts";
import { dissect, hostile, link, net, time } from "./samples.ts";
import { strictJson } from "./strict-json.ts";

// biome-ignore lint/suspicious/noExplicitAny: any JSON
const frameOf = (packet: Packet): any => strictJson(`{${frameText(packet, null)}}`);

const netLine =
  '{"version":1,"frame_info":{"ts_sec":1511106545,"ts_usec":471719,"incl_len":93,"orig_len":94},' +
  '"time":"2017-11-19T15:49:05.471719000Z","number":1,"time_epoch":"1511106545.471719000","len":94,"cap_len":93,' +
  '"link":{"dst":"02:00:00:00:00:01","src":"02:00:00:00:00:02","type":{"value":7,"name":"Net"},' +
  '"net":{"version":4,"words":15,"mode":{"value":3,"name":"three"},"low":0,"len":77,"checksum":CHECKSUM,' +
  '"flags":{"value":21,"level":{"value":5,"name":"five"},"more":false,"last":true},"port":{"value":4242,"name":null},' +
  '"id":"9223372036854775808","time":1000000000,"delta":-2,"urgent":true,"count":0,"src":"192.0.2.1","dst":"2001:db8::1",' +
  '"tag":"a\\"\\n","key":"abcdef0123","options":[{"is":"size","kind":{"value":2,"name":"size"},"length":4,"size":1460},' +
  '{"is":"none","kind":{"value":1,"name":"none"}},{"is":"end","kind":{"value":0,"name":null}}],' +
  '"raw":{"protocol":null,"error":null,"packet":"00112233445566778899aabbccddeeff00"}},"padding":"0000"},' +
  '"protocols":"Link:Net","packet":"BYTES"}\n';

describe("a JSON frame", () => {
  it("has every field of every layer under its API name, in the shapes that the guide shows", () => {
    const report = new NdjsonReport();
    report.block!(pcapHeader);
    const line = report.packet(captured(netBytes));
    const { checksum } = dissect(netBytes).require(net);
    const hex = [...netBytes].map((b) => b.toString(16).padStart(2, "0")).join("");
    expect(line).toBe(netLine.replace("CHECKSUM", String(checksum)).replace("BYTES", hex));
    expect(strictJson(line)).toBeTypeOf("object");
  });

  it("nests texts, records and counted lists", () => {
    const { app } = frameOf(dissect(appBytes)).link;
    expect(app).toEqual({
      start: "GET",
      blanks: "  ",
      line: { text: "all", end: 10 },
      lines: 2,
      more: [
        { text: "a", end: 10 },
        { text: "b", end: 10 },
      ],
    });
  });

  it("says the place of a pcapng packet, its comments and its options", () => {
    const report = new NdjsonReport();
    report.block!(sectionHeader);
    const options = {
      comments: ['a "b"', "\u2028é"],
      hashes: [],
      verdicts: [],
      custom: [],
      unknown: [],
      dropCount: 7n,
    };
    const line = report.packet(captured(netBytes, 0, -1), options);
    const { link: _link, packet: _packet, ...rest } = strictJson(line) as Record<string, unknown>;
    expect(rest).toEqual({
      version: 1,
      section_number: 2,
      interface_id: 1,
      comments: ['a "b"', "\u2028é"],
      options: { dropCount: "7" },
      time: null,
      number: 1,
      time_epoch: null,
      len: 94,
      cap_len: 93,
      protocols: "Link:Net",
    });
  });

  it("shows what lies above the highest layer with the reason", () => {
    const cut = frameOf(dissect(netBytes.slice(0, 30)));
    expect(cut.link.raw).toEqual({
      protocol: "net",
      error: {
        kind: "truncated",
        protocol: "net",
        field: null,
        offset: 14,
        needed: 52,
        available: 16,
        limitedBy: null,
      },
      packet: [...netBytes.slice(14, 30)].map((b) => b.toString(16).padStart(2, "0")).join(""),
    });
    expect(cut.link.error).toBeUndefined();
    const none = frameOf(dissect(parseHex("0102")));
    expect(none.raw.protocol).toBe("link");
    expect(none.raw.packet).toBe("0102");
    expect(none.protocols).toBe("");
  });

  it("reports a malformed part in its layer, and its bytes as rest", () => {
    const bytes = netBytes.slice();
    bytes[14 + 53] = 0; // the length of the first option
    const { net: layer } = frameOf(dissect(bytes)).link;
    expect(layer.error).toMatchObject({
      kind: "malformed",
      protocol: "net",
      field: "options",
      offset: 14 + 52,
    });
    expect(layer.options).toEqual([]);
    expect(layer.rest).toMatch(/^020005b4/);
    expect(layer.raw.error).toBeNull();
  });

  it("gives every key once, whatever a declaration calls its fields", () => {
    const frame = frameOf(
      dissect(parseHex("010203040506 070809000102 6666 01020304050901 4120420a00")),
    );
    expect(frame.link['ho"st\n']).toMatchObject({
      error: 1,
      raw: 2,
      trailer: 3,
      trailerRest: 4,
      packet: 5,
      app: 9,
      'qu"ote': { value: 1, name: 'a "name" \\' },
      app_: { start: "A", line: { text: "B" } },
    });
    expect(frame.protocols).toBe('Link:H"\\:APP');
    const lowest = frameOf(dissect(parseHex("05ff"), time));
    expect(lowest.time).toBeNull();
    expect(lowest.time_).toEqual({ value: 5, raw: { protocol: null, error: null, packet: "ff" } });
  });

  it("has every protocol of ours under its own name, which no key of a frame takes", () => {
    const names = all.map(({ schema }) => schema.name);
    expect(names.map(bottomKey)).toEqual(names);
  });

  it("is valid for any bytes, says the same as the content of other formats, and never throws", () => {
    const starts = [netBytes, appBytes, parseHex("010203040506 070809000102 6666")];
    fc.assert(
      fc.property(
        fc.constantFrom(...starts),
        fc.uint8Array({ maxLength: 90 }),
        fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 6 }),
        fc.nat(120),
        (start, tail, changes, length) => {
          const bytes = new Uint8Array([...start, ...tail]).slice(0, Math.max(length, 20));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          for (const first of [link, net, hostile]) {
            const packet = dissect(bytes, first);
            const text = `{${frameText(packet, null)}}`;
            expect(strictJson(text)).toEqual(JSON.parse(jsonText(frameContent(packet, null))));
          }
        },
      ),
      { numRuns: 400, seed: 7 },
    );
  });
});

describe("times", () => {
  const timeOf = (seconds: number, nanoseconds: number): unknown[] => {
    const frame = strictJson(
      `{${frameText(captured(appBytes, seconds, nanoseconds), null)}}`,
    ) as Record<string, unknown>;
    return [frame["time"], frame["time_epoch"]];
  };
  it("are UTC with nine digits, before 1970 and after 9999 too", () => {
    expect(timeOf(0, 1)).toEqual(["1970-01-01T00:00:00.000000001Z", "0.000000001"]);
    expect(timeOf(-1, 500_000_000)).toEqual(["1969-12-31T23:59:59.500000000Z", "-0.500000000"]);
    expect(timeOf(-3, 0)).toEqual(["1969-12-31T23:59:57.000000000Z", "-3.000000000"]);
    expect(timeOf(253_402_300_800, 0)[0]).toBe("+010000-01-01T00:00:00.000000000Z");
    expect(timeOf(1.8e19, 5)).toEqual([null, "18000000000000000000.000000005"]);
  });
});

describe("a JSON report", () => {
  it("is one object of named blocks, each on its line", () => {
    const report = new JsonReport({ linkTypeNames });
    const text =
      report.start() +
      report.block!(pcapHeader) +
      report.packet(captured(netBytes)) +
      report.packet(captured(appBytes, 1, 2, 2)) +
      report.end();
    const whole = strictJson(text) as Record<string, unknown>;
    expect(Object.keys(whole)).toEqual(["version", "Global Header", "Frame 1", "Frame 2"]);
    expect(whole["Global Header"]).toEqual({
      magic_number: { data: "d4c3b2a1", byteorder: "little", nanosecond: false, modified: false },
      version: { major: 2, minor: 4 },
      thiszone: 0,
      sigfigs: 0,
      snaplen: 65535,
      network: { value: 1, name: "ETHERNET" },
      fcs_length: null,
      packet: "d4c3b2a1020004000000000000000000ffff000001000000",
    });
    expect(text.split("\n")).toHaveLength(7);
  });

  it("counts blocks of pcapng by kind, and frames without a number of their own", () => {
    const report = new JsonReport();
    const text =
      report.start() +
      report.block!(sectionHeader) +
      report.packet(captured(appBytes, 0, 0, 0)) +
      report.block!({ ...sectionHeader, section: 2 }) +
      report.packet(captured(appBytes, 0, 0, 9)) +
      report.packet(captured(appBytes, 0, 0, 9)) +
      report.end();
    const whole = strictJson(text) as Record<string, Record<string, unknown>>;
    expect(Object.keys(whole)).toEqual([
      "version",
      "Section Header 1",
      "Frame 1",
      "Section Header 2",
      "Frame 9",
      "Frame 10",
    ]);
    expect(whole["Section Header 1"]!["options"]).toEqual([
      { code: 4, name: "shb_userappl", value: "tést" },
    ]);
  });

  it("is whole without any packet", () => {
    const report = new JsonReport();
    expect(strictJson(report.start() + report.end())).toEqual({ version: 1 });
  });

  it("takes built packets, which have no time and no place", () => {
    const line = new NdjsonReport().packet(build(link(), "hello"));
    expect(strictJson(line)).toMatchObject({
      time: null,
      number: 0,
      link: { raw: { packet: "68656c6c6f" } },
    });
  });
});
