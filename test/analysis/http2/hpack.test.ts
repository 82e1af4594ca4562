import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HpackDecoder } from "../../../src/analysis/http2/hpack.ts";
import { HpackEncoder, type HpackInput } from "../../../src/analysis/http2/hpack-encoder.ts";
import { huffmanDecode, huffmanEncode } from "../../../src/analysis/http2/huffman.ts";
import { staticTable } from "../../../src/analysis/http2/static-table.ts";
import { formatHex, parseHex } from "../../../src/bytes/hex.ts";

const lines = (fields: readonly { name: string; value: string }[]): string[] =>
  fields.map(({ name, value }) => `${name}: ${value}`);

/** Decodes blocks one after the other. */
function decoded(blocks: readonly string[], decoder = new HpackDecoder()) {
  return blocks.map((text) => {
    const { fields, fault, unseen } = decoder.decode(parseHex(text));
    return { fields: lines(fields), fault, unseen, size: decoder.tableSize };
  });
}

const first = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];
const second = [...first, "cache-control: no-cache"];
const third = [
  ":method: GET",
  ":scheme: https",
  ":path: /index.html",
  ":authority: www.example.com",
  "custom-key: custom-value",
];
const date = "Mon, 21 Oct 2013 20:13:21 GMT";
const location = "https://www.example.com";
const answers = [
  [":status: 302", "cache-control: private", `date: ${date}`, `location: ${location}`],
  [":status: 307", "cache-control: private", `date: ${date}`, `location: ${location}`],
  [
    ":status: 200",
    "cache-control: private",
    "date: Mon, 21 Oct 2013 20:13:22 GMT",
    `location: ${location}`,
    "content-encoding: gzip",
    "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
  ],
];

describe("the examples of RFC 7541 Appendix C", () => {
  it.each([
    [
      "C.2.1 literal with indexing",
      "400a637573746f6d2d6b65790d637573746f6d2d686561646572",
      "custom-key: custom-header",
      55,
    ],
    ["C.2.2 literal without indexing", "040c2f73616d706c652f70617468", ":path: /sample/path", 0],
    ["C.2.3 literal never indexed", "100870617373776f726406736563726574", "password: secret", 0],
    ["C.2.4 indexed", "82", ":method: GET", 0],
  ])("%s", (_, block, line, size) => {
    expect(decoded([block])).toEqual([{ fields: [line], fault: "", unseen: 0, size }]);
  });

  const requests = [first, second, third].map((fields, i) => ({
    fields,
    fault: "",
    unseen: 0,
    size: [57, 110, 164][i],
  }));
  it.each([
    [
      "C.3 requests as they are",
      "828684410f7777772e6578616d706c652e636f6d",
      "828684be58086e6f2d6361636865",
      "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
    ],
    [
      "C.4 requests under Huffman's code",
      "828684418cf1e3c2e5f23a6ba0ab90f4ff",
      "828684be5886a8eb10649cbf",
      "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
    ],
  ])("%s", (name, ...blocks) => {
    expect(decoded(blocks)).toEqual(requests);
    const encoder = new HpackEncoder(name.includes("Huffman") ? "huffman" : "plain");
    const again = [first, second, third].map((fields) => formatHex(encoder.encode(inputs(fields))));
    expect(again).toEqual(blocks);
  });

  const responses = answers.map((fields, i) => ({
    fields,
    fault: "",
    unseen: 0,
    size: [222, 222, 215][i],
  }));
  it.each([
    [
      "C.5 responses as they are, in a table of 256 bytes",
      "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
      "4803333037c1c0bf",
      "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
    ],
    [
      "C.6 responses under Huffman's code, in a table of 256 bytes",
      "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
      "4883640effc1c0bf",
      "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
    ],
  ])("%s", (name, ...blocks) => {
    const decoder = new HpackDecoder();
    expect(decoder.decode(parseHex("3fe101")).updates).toEqual([256]);
    expect(decoded(blocks, decoder)).toEqual(responses);
    const encoder = new HpackEncoder(name.includes("Huffman") ? "huffman" : "plain");
    encoder.resize(256);
    expect(formatHex(encoder.encode([]))).toBe("3fe101");
    expect(answers.map((fields) => formatHex(encoder.encode(inputs(fields))))).toEqual(blocks);
  });

  it("C.1 integers: 10 and 1337 with a prefix of five bits, 42 at a byte's beginning", () => {
    const decoder = new HpackDecoder();
    expect(decoder.decode(parseHex("2a3f9a0a")).updates).toEqual([10, 1337]);
    decoder.allow(1_000_000);
    expect(decoder.decode(parseHex("3f0b")).updates).toEqual([42]);
  });
});

const inputs = (fields: readonly string[]): HpackInput[] =>
  fields.map((line) => {
    const colon = line.indexOf(": ");
    return { name: line.slice(0, colon), value: line.slice(colon + 2) };
  });

describe("the tables", () => {
  it("have what RFC 7541 Appendix A lists", () => {
    expect(staticTable).toHaveLength(61);
    expect([1, 2, 8, 16, 32, 58, 61].map((i) => lines([staticTable[i - 1]!])[0])).toEqual([
      ":authority: ",
      ":method: GET",
      ":status: 200",
      "accept-encoding: gzip, deflate",
      "cookie: ",
      "user-agent: ",
      "www-authenticate: ",
    ]);
  });

  it("have codes for all bytes, which no other begins with", () => {
    const every = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
    expect(huffmanDecode(huffmanEncode(every), 0, 583)).toEqual({ text: every, fault: "" });
    expect(formatHex(huffmanEncode("\n"))).toBe("fffffff3");
    expect(formatHex(huffmanEncode("\u00f9"))).toBe("ffffffef");
  });
});

describe("what is wrong in a block", () => {
  const faultOf = (block: string, decoder = new HpackDecoder()): string =>
    decoder.decode(parseHex(block)).fault;

  it.each([
    ["index 0", "80", /no entry has the index 0/],
    ["an index behind the table", "be", /no entry has the index 62/],
    ["an integer cut off", "ff", /integer is cut off/],
    ["an integer that goes on", "ff808080808080808001", /more than 31 bits/],
    ["an integer of 32 bits", "ffffffffff0f", /more than 31 bits/],
    ["a text cut off", "400a6162", /text is cut off/],
    ["a value missing", "400161", /text is missing/],
    ["a field without name", "40000161", /without name/],
    ["a table greater than agreed on", "3fe21f", /a table of 4097 bytes/],
    ["a size behind a field", "8220", /behind a field/],
    ["padding of zeros", "4182f1e000", /padding/],
    ["a byte of padding", "4182f8ff", /seven bits/],
    ["the end of a string inside", "4184ffffffff", /end of a string/],
  ])("%s is said", (_, block, fault) => {
    expect(faultOf(block)).toMatch(fault);
  });

  it("leaves fields before it, and those known by themselves behind it", () => {
    const decoder = new HpackDecoder();
    const block = decoder.decode(parseHex("82be"));
    expect(lines(block.fields)).toEqual([":method: GET"]);
    // What is there now nobody knows: nothing is guessed.
    expect(decoder.decode(parseHex("88be"))).toMatchObject({ unseen: 1, fault: "" });
  });

  it("allows what was agreed on", () => {
    const decoder = new HpackDecoder();
    decoder.allow(65_536);
    expect(decoder.decode(parseHex("3fe1ff03")).updates).toEqual([65_536]);
    const small = new HpackDecoder({ table: 8192 });
    small.allow(65_536);
    expect(faultOf("3fe1ff03", small)).toMatch(/65536/);
  });
});

describe("a connection seen from the middle on", () => {
  it("gives what later fields say, and counts those that were not seen", () => {
    const encoder = new HpackEncoder();
    encoder.encode([{ name: "x-old", value: "1" }]);
    const decoder = new HpackDecoder();
    decoder.beginInside();
    const one = decoder.decode(
      encoder.encode([
        { name: "x-old", value: "1" },
        { name: "x-new", value: "2" },
        { name: "x-old", value: "3" },
      ]),
    );
    expect(lines(one.fields)).toEqual(["x-new: 2"]);
    expect(one.unseen).toBe(2);
    const two = decoder.decode(encoder.encode([{ name: "x-new", value: "2" }]));
    expect(lines(two.fields)).toEqual(["x-new: 2"]);
    expect(two.unseen).toBe(0);
  });

  it("knows everything again once the table was emptied", () => {
    const decoder = new HpackDecoder();
    decoder.beginInside();
    expect(decoder.decode(parseHex("be")).unseen).toBe(1);
    expect(decoder.decode(parseHex("203fe11f")).updates).toEqual([0, 4096]);
    expect(decoder.decode(parseHex("be")).fault).toMatch(/no entry/);
  });
});

describe("limits", () => {
  it("leave out fields beyond the size of a list, and keep reading", () => {
    const decoder = new HpackDecoder({ list: 100 });
    const encoder = new HpackEncoder();
    const long = { name: "a", value: "x".repeat(50) };
    const block = decoder.decode(encoder.encode([long, { name: "b", value: long.value }]));
    expect(block).toMatchObject({ isLimited: true, fault: "" });
    expect(block.fields.map(({ name }) => name)).toEqual(["a"]);
    expect(decoder.decode(encoder.encode([{ name: "b", value: long.value }])).fields).toHaveLength(
      1,
    );
  });
});

describe("properties", () => {
  const text = fc.string({ unit: fc.nat(255).map((n) => String.fromCharCode(n)), maxLength: 40 });
  const field: fc.Arbitrary<HpackInput> = fc.record({
    name: fc.oneof(
      fc.constantFrom("x", ":path", "cookie", "server"),
      text.filter((t) => t !== ""),
    ),
    value: fc.oneof(fc.constantFrom("", "a", "/"), text),
    form: fc.constantFrom("incremental", "without", "never"),
  });

  it("what was encoded comes back, whatever the size of the table", () => {
    const step = fc.oneof(fc.array(field, { maxLength: 6 }), fc.nat(4096));
    const coding = fc.constantFrom("shorter", "huffman", "plain");
    fc.assert(
      fc.property(coding, fc.array(step, { maxLength: 12 }), (how, steps) => {
        const encoder = new HpackEncoder(how);
        const decoder = new HpackDecoder();
        for (const one of steps) {
          if (typeof one === "number") encoder.resize(one);
          else {
            const { fields, fault } = decoder.decode(encoder.encode(one));
            expect(fault).toBe("");
            expect(lines(fields)).toEqual(lines(one));
          }
        }
      }),
      { numRuns: 300, seed: 7541 },
    );
  });

  it("no bytes make it throw, and all of them are read in time", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (blocks) => {
        const decoder = new HpackDecoder({ table: 512 });
        for (const one of blocks) {
          decoder.decode(one);
          expect(decoder.tableSize).toBeLessThanOrEqual(Math.max(4096, decoder.tableMaxSize));
        }
      }),
      { numRuns: 2000, seed: 7541 },
    );
  });
});
