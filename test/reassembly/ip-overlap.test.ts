import { describe, expect, it } from "vitest";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { IpReassembly } from "../../src/reassembly/ip.ts";
import { addAll, fragment4, fragment6, letters, words } from "./samples.ts";

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

/** An old fragment has words 2 and 3; a new one lies to it in one of the six ways that there are. */
const relations: readonly (readonly [string, number, number])[] = [
  ["begins before, ends within", 1, 3],
  ["begins and ends with it", 2, 4],
  ["begins with it, ends behind", 2, 5],
  ["begins before, ends with it", 1, 4],
  ["begins before, ends behind", 1, 5],
  ["begins within, ends behind", 3, 5],
];

describe("overlapping fragments", () => {
  it.each([
    // Who has the words that both have, in each of the six.
    ["first", "old old old old old old"],
    ["last", "new new new new new new"],
    ["bsd", "new old old new new old"],
    ["linux", "new new new new new old"],
    ["windows", "old old old old new old"],
    ["solaris", "old old old new new old"],
  ] as const)("by the policy %s", (overlap, winners) => {
    const found = relations.map(([, from, to]) => {
      const reassembly = new IpReassembly({ overlap });
      reassembly.add(fragment4({ offset: 16, more: true, data: words("oo"), number: 1 }));
      const data = words("n".repeat(to - from));
      reassembly.add(fragment4({ offset: from * 8, more: true, data, number: 2 }));
      const [left] = reassembly.flush();
      expect(left!.payload.filter((one) => one.bytes.length !== one.to - one.from)).toEqual([]);
      expect(left!.payload.filter((one) => one.bytes.length === 0)).toEqual([]);
      const [start, end] = [Math.max(2, from), Math.min(4, to)];
      const conflict = { from: start * 8, to: end * 8, number: 2, with: 1 };
      expect(left!.conflicts).toEqual([conflict]);
      expect(reassembly.stats).toMatchObject({ overlaps: 1, conflicts: 1 });
      const all = left!.payload.flatMap((one) =>
        [...letters(one.bytes)].map((letter, i) => [one.from / 8 + i, letter]),
      );
      expect(all.map(([at]) => at)).toEqual([...new Set([2, 3, ...range(from, to)])].sort());
      const shared = all.filter(([at]) => Number(at) >= start && Number(at) < end);
      expect(new Set(shared.map(([, letter]) => letter)).size).toBe(1);
      return shared[0]![1] === "o" ? "old" : "new";
    });
    expect(found.join(" ")).toBe(winners);
  });

  it("discard a datagram of IPv6, with what is still to come of it (RFC 5722)", () => {
    const reassembly = new IpReassembly();
    const told: string[] = [];
    reassembly.onIncomplete((one) => told.push(`${one.reason} ${one.index}`));
    reassembly.onCompleted(() => told.push("completed"));
    const sent = [
      { offset: 0, more: true, data: words("AA"), number: 1 },
      { offset: 8, more: true, data: words("BB"), number: 2 },
      { offset: 16, more: false, data: words("C"), number: 3 },
      { offset: 0, more: true, data: words("AA"), number: 4 },
    ];
    expect(addAll(reassembly, sent.map(fragment6))).toEqual([]);
    expect(told).toEqual(["overlap 1,2"]);
    expect(reassembly.stats).toMatchObject({ late: 2, overlaps: 1, givenUp: { overlap: 1 } });
    // When its time is over the number may be used again.
    expect(reassembly.add(fragment6({ ...sent[0]!, seconds: 60 }))).toBeNull();
    expect(letters(reassembly.add(fragment6({ ...sent[2]!, seconds: 60 }))!.payload)).toBe("AAC");
    expect(told).toEqual(["overlap 1,2", "completed"]);
  });

  it("that agree are overlaps for IPv6 too, but exact duplicates are not", () => {
    const part = { offset: 8, more: true, data: words("AA") };
    const twice = new IpReassembly();
    addAll(twice, [part, part].map(fragment6));
    expect(twice.stats.givenUp.overlap).toBe(0);
    for (const other of [
      { data: words("A") },
      { data: words("AAA") },
      { data: words("AB") },
      { more: false },
    ]) {
      const reassembly = new IpReassembly();
      addAll(reassembly, [part, { ...part, ...other }].map(fragment6));
      expect(reassembly.stats.givenUp.overlap).toBe(1);
    }
  });

  it("take the header along with the first byte", () => {
    const ttl = (overlap: "first" | "last"): number => {
      const reassembly = new IpReassembly({ overlap });
      const part = { offset: 0, more: true, data: words("A") };
      const other = fragment4(part);
      other.data[8] = 3;
      addAll(reassembly, [fragment4(part), other]);
      const done = reassembly.add(fragment4({ offset: 8, more: false, data: words("B") }))!;
      return done.packet.require(ipv4).ttl;
    };
    expect([ttl("first"), ttl("last")]).toEqual([64, 3]);
  });
});
