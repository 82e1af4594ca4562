import { describe, expect, it } from "vitest";
import { dns } from "../../../../src/protocols/application/dns/dns.ts";
import { built, bytes, hex, packetOf, rebuilt, viewIn } from "../../../support/packets.ts";

/** A message of questions alone: header and names, each followed by type A and class IN. */
const asking = (...names: string[]): string =>
  `0001 0000 ${names.length.toString(16).padStart(4, "0")} 0000 0000 0000 ${names.map((n) => `${n} 0001 0001`).join(" ")}`;
const label = (length: number): string => length.toString(16) + "61".repeat(length);
const namesIn = (text: string): string[] => viewIn(text, dns).questions.map((q) => q.name);

describe("domain names", () => {
  it("are labels with dots between, the root a dot", () => {
    expect(namesIn(asking("03 777777 07 6578616d706c65 03 636f6d 00", "00"))).toEqual([
      "www.example.com",
      ".",
    ]);
  });

  it("follow pointers to earlier names", () => {
    // "a.b", "c" before its end, a pointer to the whole of it, and one to a name that itself ends in a pointer.
    const text = asking("01 61 01 62 00", "01 63 c00e", "c00c", "c015");
    expect(namesIn(text)).toEqual(["a.b", "c.b", "a.b", "c.b"]);
  });

  it("escape what would be read otherwise, and show UTF-8", () => {
    const text = asking(
      "05 612e625c63 01 07 01 ff 02 c3bc 03 4120 62 00",
      "02 c285 02 c0af 01 7f 00",
    );
    const names = ["a\\.b\\\\c.\\007.\\255.ü.A b", "\\194\\133.\\192\\175.\\127"];
    expect(namesIn(text)).toEqual(names);
    expect(hex(rebuilt(packetOf(text, dns)))).toBe(hex(bytes(text)));
  });

  it("are written from their text, escapes and a last dot included", () => {
    const written = (name: string): string => built(dns({ questions: [{ name }] })).slice(24, -8);
    expect(written("www.example.")).toBe("0377777707" + "6578616d706c65" + "00");
    expect(written("")).toBe("00");
    expect(written(".")).toBe("00");
    expect(written("a\\.b.\\200\\\\.ü")).toBe("03612e62" + "02c85c" + "02c3bc" + "00");
  });

  it("point to the longest ending that was written before", () => {
    const message = dns({
      questions: ["mail.example.com", "example.com", "a.mail.example.com", "com"].map((name) => ({
        name,
      })),
    });
    expect(built(message).slice(24)).toBe(
      [
        "046d61696c 07 6578616d706c65 03 636f6d 00 0001 0001",
        "c011 0001 0001",
        "0161 c00c 0001 0001",
        "c019 0001 0001",
      ]
        .join("")
        .replaceAll(" ", ""),
    );
  });

  it.each([
    ["a pointer to itself", "c00c"],
    ["a pointer forward", "c010 0001 0001 00"],
    ["a pointer into its own labels", "01 61 c00d"],
    ["a pointer into the header", "c002"],
    ["a label of another kind", "41 08 00"],
    ["a label that is cut", "05 6161"],
    // Three labels of 63, one of 62, and the root.
    ["a name of 256 bytes", `${label(63).repeat(3)}${label(62)}00`],
  ])("are malformed with %s", (_what, name) => {
    const packet = packetOf(asking(name), dns);
    expect(packet.require(dns).questions).toEqual([]);
    expect(packet.error?.kind).toMatch(/malformed|truncated/);
    expect(hex(rebuilt(packet))).toBe(hex(packet.bytes()));
  });

  it("may have 255 bytes", () => {
    const long = `${label(63).repeat(3)}${label(61)}00`;
    expect(namesIn(asking(long))[0]).toHaveLength(253);
    expect(() => built(dns({ questions: [{ name: `${"a".repeat(63)}.`.repeat(4) }] }))).toThrow(
      /name of 257 bytes/,
    );
  });

  it("are refused where they have no encoding", () => {
    const write = (name: string) => () => built(dns({ questions: [{ name }] }));
    expect(write("a..b")).toThrow(/dns.question.name: a label is empty/);
    expect(write("a".repeat(64))).toThrow(RangeError);
    expect(write("a\\999")).toThrow(/not an octet/);
    expect(write("a\\")).toThrow(/backslash ends/);
    expect(write(7 as unknown as string)).toThrow(TypeError);
  });

  it("take time and memory by their bytes, whatever they point to", () => {
    // Each name points to the one before: a chain that no name can have.
    const chain = new Uint8Array(12 + 6 * 2000);
    chain.set([0, 0, 0, 0, 0x07, 0xd0], 0);
    chain.set([1, 0x61, 0, 0, 1, 0, 1], 12);
    let before = 12;
    for (let at = 19; at + 6 <= chain.length; at += 6) {
      chain.set([0xc0 | (before >> 8), before & 0xff, 0, 1, 0, 1], at);
      before = at;
    }
    const { questions } = viewIn(chain, dns);
    expect(questions).toHaveLength(128);
    expect(questions.at(-1)?.name).toBe("a");
  });
});
