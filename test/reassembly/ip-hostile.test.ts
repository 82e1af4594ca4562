import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { ipv6Fragment } from "../../src/protocols/network/ipv6-extensions.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { IpReassembly } from "../../src/reassembly/ip.ts";
import type { OverlapPolicy } from "../../src/reassembly/overlap.ts";
import { seeded } from "./random.ts";
import { captured, fragment4, words } from "./samples.ts";

const MUTATED = 50_000;

/** Good fragments to be spoilt: plain ones, and some of a tunnel. */
const samples = (): Uint8Array[] => {
  const data = new Uint8Array(2000);
  const inner = build(ipv4({ src: "10.0.0.1", dst: "10.0.0.2", id: 1 }), udp(), data);
  const six = build(ethernet(), ipv6({ src: "2001:db8::1", dst: "2001:db8::2" }), udp(), data);
  const tunnel = build(ethernet(), ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }), inner.bytes());
  return [build(ethernet(), ipv4({ id: 1 }), udp(), data), six, tunnel]
    .flatMap((one) => one.fragment({ size: 200 }))
    .map((one) => one.bytes());
};

const policies: OverlapPolicy[] = [
  "first",
  "last",
  "bsd",
  "linux",
  "windows",
  "solaris",
  "discard",
];

describe("hostile fragments", () => {
  it(`${MUTATED} that were spoilt at random make nothing throw and take bounded memory`, () => {
    const random = seeded(5);
    const good = samples();
    const limits = { maxBytes: 60_000, maxDatagrams: 40, maxFragments: 20 };
    const each = policies.map(
      (one) => new IpReassembly({ ...limits, overlap: one, overlap6: one }),
    );
    let most = 0;
    for (let n = 0; n < MUTATED; n++) {
      const bytes = good[random(good.length)]!.slice();
      const changes = random(4);
      // Where the headers are: what the data holds makes no difference.
      for (let i = 0; i < changes; i++) bytes[random(Math.min(62, bytes.length))] = random(256);
      const whole = random(10) === 0 ? bytes.slice(0, random(bytes.length)) : bytes;
      const reassembly = each[n % each.length]!;
      const done = reassembly.add(captured(whole, n, 40 * (n >> 12), ethernet));
      if (done !== null) expect(done.packet.layers.length).toBeGreaterThan(0);
      most = Math.max(most, reassembly.bytes);
      expect(reassembly.pending).toBeLessThanOrEqual(limits.maxDatagrams);
    }
    expect(most).toBeLessThanOrEqual(limits.maxBytes);
    const sum = (of: (one: IpReassembly) => number): number =>
      each.reduce((n, one) => n + of(one), 0);
    // All of it was reached.
    for (const name of ["fragments", "completed", "malformed", "cut", "late", "conflicts"] as const)
      expect(sum(({ stats }) => stats[name])).toBeGreaterThan(0);
    const reasons = ["timeout", "evicted", "overlap", "fragments"] as const;
    const counts = reasons.map((reason) => sum(({ stats }) => stats.givenUp[reason]));
    expect(Math.min(...counts)).toBeGreaterThan(0);
    for (const one of each) {
      one.flush();
      expect([one.pending, one.bytes]).toEqual([0, 0]);
    }
  }, 120_000);

  it("that never end take no more than the limit, whatever the policy", () => {
    for (const overlap of policies) {
      const reassembly = new IpReassembly({ overlap, maxBytes: 1_000_000, maxDatagrams: 1000 });
      for (let n = 0; n < 3000; n++) {
        reassembly.add(fragment4({ offset: 8 * (n % 50), more: true, data: words("A"), id: n }));
        expect(reassembly.bytes).toBeLessThanOrEqual(1_000_000);
      }
      expect(reassembly.pending).toBeLessThanOrEqual(1000);
      expect(reassembly.stats.givenUp.evicted).toBeGreaterThanOrEqual(2000);
    }
  });

  it("of which each lies over all others keep as many bytes as they show", () => {
    for (const overlap of policies) {
      const reassembly = new IpReassembly({ overlap });
      for (let n = 0; n < 400; n++) {
        const data = words("ABCDEFGH".repeat(1 + (n % 40)));
        reassembly.add(fragment4({ offset: 8 * ((n * 7) % 90), more: true, data, number: n }));
      }
      const { bytes } = reassembly;
      const [left] = reassembly.flush();
      if (left === undefined) continue;
      expect(left.payload.filter(({ from, to }) => from >= to)).toEqual([]);
      const arrays = new Set(left.payload.map((one) => one.bytes.buffer));
      const held = [...arrays].reduce((sum, one) => sum + one.byteLength, 0);
      expect(held).toBe(left.payload.reduce((sum, { from, to }) => sum + to - from, 0));
      expect(held).toBeLessThan(bytes);
    }
  });

  it("teardrop and ping of death are what they are, and no more", () => {
    const reassembly = new IpReassembly({ overlap: "bsd" });
    reassembly.add(fragment4({ offset: 0, more: true, data: words("AAAA") }));
    // The second one lies inside the first and says that the datagram ends there.
    expect(reassembly.add(fragment4({ offset: 8, more: false, data: words("B") }))).toBeNull();
    expect(reassembly.stats.malformed).toBe(1);
    reassembly.add(fragment4({ offset: 65_528, more: false, data: words("AAAAAAAA") }));
    expect(reassembly.stats.malformed).toBe(2);
  });

  it("a fragment header inside fragment headers is read once", () => {
    const nested = build(
      ...[ipv6({ src: "2001:db8::1", dst: "2001:db8::2" }), ipv6Fragment({ id: 1, more: true })],
      ...[ipv6Fragment({ id: 2, more: true, nextHeader: 17 }), words("AB")],
    );
    const reassembly = new IpReassembly();
    expect(reassembly.add(captured(nested.bytes(), 1, 0, ipv6))).toBeNull();
    expect([reassembly.pending, reassembly.stats.fragments]).toEqual([1, 1]);
  });
});
