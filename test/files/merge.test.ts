import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CaptureError } from "../../src/files/errors.ts";
import { mergeCaptures } from "../../src/files/merge.ts";
import { type ByteSource, bytesSource } from "../../src/files/source.ts";
import { merged, pcap, pcapng, texts } from "./merge-samples.ts";
import {
  ascii,
  epb,
  idb,
  join,
  number,
  option,
  pcapHeader,
  pcapRecord,
  readAll,
  shb,
  spb,
} from "./samples.ts";

describe("merging by time", () => {
  it("takes equal times in the order of the captures", async () => {
    const { bytes, fault } = await merged([
      pcap("a", [1, 5, 5, 9]),
      pcapng("b", [1, 5, 7]),
      pcap("c", [0, 5]),
    ]);
    expect(fault).toBeUndefined();
    expect(texts(bytes)).toBe("c0 a1 b1 a5 a5 b5 c5 b7 a9");
  });

  it("leaves the order of each capture as it is", async () => {
    const { bytes } = await merged([pcap("a", [5, 1, 9]), pcap("b", [2, 6])]);
    expect(texts(bytes)).toBe("b2 a5 a1 b6 a9");
  });

  it("is a stable choice among the heads for any captures", async () => {
    const captures = fc.array(fc.array(fc.nat(5), { maxLength: 8 }), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(captures, async (all) => {
        const names = all.map((_, i) => String.fromCharCode(97 + i));
        const queues = all.map((times, i) => times.map((time) => ({ time, name: names[i]! })));
        const expected: string[] = [];
        for (;;) {
          const open = queues.filter((queue) => queue.length > 0);
          if (open.length === 0) break;
          const least = open.reduce((a, b) => (b[0]!.time < a[0]!.time ? b : a));
          const { name, time } = least.shift()!;
          expected.push(`${name}${time}`);
        }
        const files = all.map((times, i) => (i % 2 ? pcapng : pcap)(names[i]!, times));
        expect(texts((await merged(files)).bytes)).toBe(expected.join(" "));
      }),
      { numRuns: 60 },
    );
  });

  it("compares nanoseconds of any unit and offset", async () => {
    const nano = join(
      shb(),
      idb(true, join(option(9, Uint8Array.of(9)), option(14, number(8, 100, true)))),
      epb(ascii("n1"), { units: 999n }),
      epb(ascii("n2"), { units: 1001n }),
    );
    const micro = join(pcapHeader(), pcapRecord(ascii("m"), { seconds: 100, fraction: 1 }));
    expect(texts((await merged([nano, micro])).bytes)).toBe("n1 m n2");
  });

  it("takes a packet without a time behind the one before it", async () => {
    const simple = join(
      ...[shb(), idb(), epb(ascii("a1"), { units: 5_000_000n }), spb(ascii("a2_."), 3)],
      epb(ascii("a3"), { units: 8_000_000n }),
    );
    const { bytes } = await merged([pcap("b", [1, 6]), simple]);
    expect(texts(bytes)).toBe("b1 a1 a2_ b6 a3");
  });

  it("puts one behind the other when asked to", async () => {
    const files = [pcap("a", [5, 1]), pcapng("b", [2]), pcap("c", [0])];
    expect(texts((await merged(files, { append: true })).bytes)).toBe("a5 a1 b2 c0");
    expect(texts((await merged(files, { append: true, format: "pcap" })).bytes)).toBe(
      "a5 a1 b2 c0",
    );
  });

  it("reads hundreds of captures side by side, compressed ones too", async () => {
    const files = Array.from({ length: 300 }, (_, i) => {
      const file = (i % 2 ? pcapng : pcap)(`${i}_`, [i % 7, 7 + (i % 5)]);
      return i % 3 === 0 ? gzipSync(file) : file;
    });
    const { bytes, fault } = await merged(files);
    expect(fault).toBeUndefined();
    const { rows, interfaces } = readAll(bytes);
    expect(rows).toHaveLength(600);
    expect(interfaces).toHaveLength(300);
    const seconds = rows.map(({ time }) => Number.parseInt(time, 10));
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
  });
});

describe("merging into pcap", () => {
  it("takes packets of one link type", async () => {
    const { bytes, fault } = await merged([pcapng("a", [1, 4], false), pcap("b", [2])], {
      format: "pcap",
    });
    expect(fault).toBeUndefined();
    expect(readAll(bytes).interfaces).toMatchObject([{ format: "pcap", linkType: 1 }]);
    expect(texts(bytes)).toBe("a1 b2 a4");
  });

  it("counts nanoseconds where a capture does", async () => {
    const nano = pcap("n", [1], { magic: 0xa1b23c4d });
    const { bytes } = await merged([pcap("a", [1]), nano], { format: "pcap" });
    expect(readAll(bytes).one("pcapHeader").nanoseconds).toBe(true);
  });

  it("refuses another link type before anything is written", async () => {
    const { bytes, fault } = await merged([pcap("a", [1]), pcap("b", [2], { network: 101 })], {
      format: "pcap",
    });
    expect(bytes).toHaveLength(0);
    expect(fault).toBeInstanceOf(RangeError);
    expect(String(fault)).toContain("capture 2 has 101 and capture 1 has 1; choose pcapng");
  });
});

describe("faults", () => {
  it("of one capture do not keep the others back, and come last", async () => {
    const cut = pcap("a", [1, 2, 3]).slice(0, -1);
    const files = [cut, pcapng("b", [2, 5]), join(pcapng("c", [4]), epb(ascii("x"), { id: 9 }))];
    const { bytes, fault, faults } = await merged(files);
    expect(texts(bytes)).toBe("a1 a2 b2 c4 b5");
    expect(fault).toMatchObject({ code: "ERR_PCAP_TRUNCATED" });
    expect(faults).toEqual(["0 ERR_PCAP_TRUNCATED", "2 ERR_PCAPNG_INTERFACE"]);
  });

  it("at the beginning are told before anything is written", async () => {
    for (const [file, code] of [
      [ascii("this is no capture"), "ERR_PCAP_MAGIC"],
      [new Uint8Array(0), "ERR_CAPTURE_EMPTY"],
    ] as const) {
      const { bytes, fault, faults } = await merged([pcap("a", [1]), file]);
      expect(bytes).toHaveLength(0);
      expect(fault).toBeInstanceOf(CaptureError);
      expect(faults).toEqual([`1 ${code}`]);
    }
  });

  it("leave no source open, and neither does stopping early", async () => {
    const closed: number[] = [];
    const sources = (...files: Uint8Array[]): ByteSource[] =>
      files.map((file, i) => ({
        ...bytesSource(file),
        close: () => void closed.push(i),
      }));
    await merged(sources(ascii("nothing like it"), pcap("a", [1]), pcap("b", [1])));
    expect(closed.sort()).toEqual([0, 1, 2]);
    closed.length = 0;
    for await (const _ of mergeCaptures(sources(pcap("a", [1]), pcap("b", [1])))) break;
    expect(closed.sort()).toEqual([0, 1]);
  });

  it("of use are refused", async () => {
    const { fault } = await merged([pcap("a", [1])], { snaplen: 0 });
    expect(fault).toBeInstanceOf(RangeError);
  });

  it("make no difference to captures without packets", async () => {
    const { bytes } = await merged([shb(), pcapHeader({ network: 101 })]);
    expect(readAll(bytes).interfaces).toMatchObject([{ linkType: 101 }]);
    const one = await merged([shb()], { format: "pcap" });
    expect(readAll(one.bytes).interfaces).toMatchObject([{ linkType: 1 }]);
    expect((await merged([])).bytes).toHaveLength(28);
  });
});
