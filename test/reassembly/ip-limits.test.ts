import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { IpReassembly } from "../../src/reassembly/ip.ts";
import { addAll, captured, fragment4, fragment6, letters, payload, words } from "./samples.ts";

describe("what is wrong", () => {
  it.each([fragment4, fragment6])("is left out and counted (%o)", (make) => {
    const good = { offset: 0, more: true, data: words("AA") };
    const wrong = [
      { offset: 8, more: true, data: payload(9) },
      { offset: 65_528, more: false, data: payload(8) },
      { offset: 8, more: false, data: new Uint8Array() },
    ];
    const reassembly = new IpReassembly();
    expect(addAll(reassembly, wrong.map(make))).toEqual([]);
    expect([reassembly.stats.malformed, reassembly.pending]).toEqual([3, 0]);
    // Ends that contradict each other: the first counts.
    reassembly.add(make(good));
    reassembly.add(make({ offset: 24, more: false, data: words("D") }));
    reassembly.add(make({ offset: 32, more: false, data: words("E") }));
    reassembly.add(make({ offset: 32, more: true, data: words("E") }));
    reassembly.add(make({ offset: 16, more: false, data: words("C") }));
    expect(reassembly.stats.malformed).toBe(6);
    const done = reassembly.add(make({ offset: 16, more: true, data: words("C") }));
    expect(letters(done!.payload)).toBe("AACD");
  });

  it("is a fragment that was not captured whole", () => {
    const reassembly = new IpReassembly();
    for (const [make, first] of [
      [fragment4, ipv4],
      [fragment6, ipv6],
    ] as const) {
      const bytes = make({ offset: 0, more: true, data: words("AA") }).bytes();
      reassembly.add(captured(bytes.slice(0, -1), 1, 0, first));
    }
    expect([reassembly.stats.cut, reassembly.pending]).toEqual([2, 0]);
  });

  it("is a first fragment of IPv6 without all headers (RFC 7112)", () => {
    const short = fragment6({ offset: 0, more: true, data: payload(16), protocol: 6 });
    const [strict, lenient] = [new IpReassembly(), new IpReassembly({ wholeChain: false })];
    strict.add(short);
    lenient.add(short);
    expect([strict.stats.malformed, lenient.stats.malformed]).toEqual([1, 0]);
    expect([strict.pending, lenient.pending]).toEqual([0, 1]);
    // Destination options of 16 bytes, of which there are 8.
    strict.add(
      fragment6({
        offset: 0,
        more: true,
        data: Uint8Array.of(17, 1, 1, 4, 0, 0, 0, 0),
        protocol: 60,
      }),
    );
    expect(strict.stats.malformed).toBe(2);
    expect(
      strict.add(fragment6({ offset: 0, more: true, data: words("A"), protocol: 17 })),
    ).toBeNull();
    expect(strict.pending).toBe(1);
  });

  it("is a datagram that is too long with the options of its first fragment", () => {
    const reassembly = new IpReassembly();
    const first = build(
      ipv4({
        src: "10.0.0.1",
        dst: "10.0.0.2",
        id: 7,
        flags: { mf: true },
        protocol: 253,
        options: Uint8Array.of(1, 1, 1, 1),
      }),
      words("A"),
    );
    reassembly.add(captured(first.bytes(), 1));
    for (let at = 8; at < 65_504; at += 8 * 1024) {
      const to = Math.min(at + 8 * 1024, 65_504);
      reassembly.add(fragment4({ offset: at, more: true, data: payload(to - at) }));
    }
    expect(
      reassembly.add(fragment4({ offset: 65_504, more: false, data: payload(11) })),
    ).toBeNull();
    expect(reassembly.stats.givenUp.length).toBe(1);
  });
});

describe("limits", () => {
  const open = (id: number, seconds = 0, size = 1) =>
    ({ offset: 0, more: true, data: words("A".repeat(size)), id, number: id, seconds }) as const;

  it("of time go by packets, 30 seconds for IPv4 and 60 for IPv6", () => {
    const reassembly = new IpReassembly();
    const ends: string[] = [];
    reassembly.onIncomplete(({ id, reason }) => ends.push(`${id.version}:${id.id} ${reason}`));
    for (const make of [fragment4, fragment6]) reassembly.add(make(open(1, 100)));
    reassembly.add(fragment4(open(2, 129)));
    expect(ends).toEqual([]);
    reassembly.add(build(udp()));
    reassembly.add(fragment4({ offset: 0, more: false, data: words("A"), seconds: 130 }));
    expect(ends).toEqual(["4:1 timeout"]);
    expect(reassembly.expire(159_999_999_999n).map(({ id }) => id.id)).toEqual([2]);
    expect(reassembly.expire(160_000_000_000n).map(({ id }) => id.version)).toEqual([6]);
    expect(reassembly.stats.givenUp.timeout).toBe(3);
    expect(reassembly.pending).toBe(0);
  });

  it("of datagrams and of bytes make the oldest give way", () => {
    const few = new IpReassembly({ maxDatagrams: 2 });
    const gone: number[] = [];
    few.onIncomplete(({ id, reason }) => reason === "evicted" && gone.push(id.id));
    for (const id of [1, 2, 3]) few.add(fragment4(open(id)));
    few.add(fragment6(open(4)));
    expect([gone, few.pending]).toEqual([[1, 2], 2]);
    const small = new IpReassembly({ maxBytes: 4096 });
    for (const id of [1, 2, 3, 4]) small.add(fragment4(open(id, 0, 100)));
    expect(small.stats.givenUp.evicted).toBe(2);
    expect(small.bytes).toBeLessThanOrEqual(4096);
  });

  it("of fragments give up the datagram and what is still to come of it", () => {
    const reassembly = new IpReassembly({ maxFragments: 3 });
    for (let i = 0; i < 5; i++) reassembly.add(fragment4(open(9)));
    expect(reassembly.stats).toMatchObject({ fragments: 4, late: 1, givenUp: { fragments: 1 } });
  });

  it("that make no sense are refused", () => {
    expect(() => new IpReassembly({ timeout: 0 })).toThrow("timeout: 0 is not above 0");
    expect(() => new IpReassembly({ maxBytes: 1.5 })).toThrow(RangeError);
    expect(() => new IpReassembly({ overlap: "toString" as "first" })).toThrow(
      "overlap: 'toString'",
    );
  });
});
