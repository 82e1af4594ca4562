import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { type FuzzOptions, fuzz } from "../../src/packet/fuzz.ts";
import { random } from "../../src/packet/random.ts";
import { valuesOf } from "../../src/packet/values.ts";
import { all } from "../../src/protocols/all.ts";
import { dns } from "../../src/protocols/application/dns/dns.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import type { Layer } from "../../src/schema/layer.ts";
import { readEverything } from "../support/inspect.ts";
import { hex } from "../support/packets.ts";
import { carried } from "./random-stacks.ts";

const dissector = createDissector(all);
const seeds = Array.from({ length: 200 }, (_, seed) => seed);
const segment = () =>
  build(
    ethernet(),
    ipv4({ src: "192.0.2.10", dst: "192.0.2.1" }),
    tcp({ dstPort: 80, options: [{ is: "maximumSegmentSize", mss: 1460 }] }),
    "hello",
  );
/** A message as it comes from a capture: nothing of it was given by hand. */
const question = () => {
  const name = "example.com";
  const answers = [
    { is: "a", name, address: "192.0.2.1" },
    { is: "ns", name, nsdname: "ns.example.com" },
    { is: "mx", name, preference: 10, exchange: "mail.example.com" },
  ] as const;
  const bytes = build(ethernet(), ipv4(), udp(), dns({ questions: [{ name }], answers })).bytes();
  return dissector.dissect(bytes.slice(), ethernet);
};

const valuesIn = (layers: readonly Layer[]) => layers.map((layer) => valuesOf(layer));

describe("fuzzed packets", () => {
  it("are the same for a seed", () => {
    const made = seeds.map((seed) => hex(fuzz(segment(), { seed }).bytes()));
    expect(seeds.map((seed) => hex(fuzz(segment(), { seed }).bytes()))).toEqual(made);
    expect(new Set(made).size).toBeGreaterThan(150);
  });

  it("leave the packet that was given as it is", () => {
    const packet = question();
    const before = hex(packet.bytes());
    for (const seed of seeds) fuzz(packet, { seed, rate: 0.5 });
    expect(hex(packet.bytes())).toBe(before);
  });

  it("are others than the packet that was given", () => {
    const before = hex(segment().bytes());
    const same = seeds.filter((seed) => hex(fuzz(segment(), { seed, rate: 0 }).bytes()) === before);
    expect(same.length).toBeLessThan(5);
  });

  it("keep what was given when the packet was built, and what is to be kept", () => {
    for (const seed of seeds) {
      const packet = fuzz(segment(), { seed, rate: 1, keep: ["ethernet", "tcp.seq", "payload"] });
      const ip = packet.require(ipv4);
      const { dstPort, seq, options } = packet.require(tcp);
      expect([ip.src, ip.dst, dstPort, seq]).toEqual(["192.0.2.10", "192.0.2.1", 80, 0]);
      expect(options[0]).toMatchObject({ is: "maximumSegmentSize", mss: 1460 });
      expect(packet.require(ethernet)).toMatchObject({ src: "00:00:00:00:00:00", type: 0x0800 });
      expect(String.fromCharCode(...packet.raw)).toBe("hello");
    }
  });

  it("vary only the fields that are named", () => {
    const found = new Set<number>();
    for (const seed of seeds) {
      const packet = fuzz(segment(), { seed, rate: 1, fields: ["ipv4.ttl"] });
      const { ttl, checksum } = packet.require(ipv4);
      found.add(ttl);
      const plain = segment();
      plain.require(ipv4).ttl = ttl;
      expect(hex(packet.bytes())).toBe(hex(plain.bytes()));
      expect(checksum).toBe(plain.require(ipv4).checksum);
    }
    for (const edge of [0, 1, 63, 65, 127, 128, 254, 255]) expect(found).toContain(edge);
    expect(found).not.toContain(64);
  });

  it("have wrong lengths, counters and checksums now and then, and right ones else", () => {
    const packet = question();
    const counts = { right: 0, wrong: 0, moreItems: 0, fewerItems: 0 };
    const items = packet.require(dns).answers.length;
    for (const seed of seeds) {
      const made = fuzz(packet, {
        seed,
        rate: 0.3,
        fields: ["ipv4.len", "dns.answers", "dns.ancount"],
      });
      if (made.require(ipv4).len === made.length - 14) counts.right++;
      else counts.wrong++;
      const { ancount } = made.require(dns);
      if (ancount > items) counts.moreItems++;
      if (ancount < items) counts.fewerItems++;
    }
    expect(counts.right).toBeGreaterThan(counts.wrong);
    for (const n of Object.values(counts)) expect(n).toBeGreaterThan(5);
  });

  it("have payloads cut, extended and too long", () => {
    const lengths = new Set(
      seeds.map((seed) => fuzz(segment(), { seed, fields: ["payload"] }).raw.length),
    );
    for (const length of [0, 4, 6, 10, 1000]) expect(lengths).toContain(length);
  });

  it("can be fuzzed again, and keep what they kept", () => {
    for (const seed of seeds) {
      const twice = fuzz(fuzz(segment(), { seed, rate: 0.4 }), { seed: seed + 1, rate: 0.4 });
      expect(twice.require(ipv4).dst).toBe("192.0.2.1");
    }
  });

  it("of every protocol are built, and read without a throw", () => {
    for (const { name, stack } of carried) {
      const packet = random(stack, { seed: 5 });
      const before = valuesIn(packet.layers);
      for (const seed of seeds.slice(0, 20)) {
        const made = fuzz(packet, { seed, rate: 0.3 });
        const first = packet.first!.schema.root;
        readEverything(dissector.dissect(made.bytes().slice(), { schema: first }));
        expect(made.layers.length, name).toBe(packet.layers.length);
      }
      expect(valuesIn(packet.layers)).toEqual(before);
    }
  });

  it("want a seed, a rate and names that there are", () => {
    const bad = (options: unknown) => () => fuzz(segment(), options as FuzzOptions);
    expect(bad({})).toThrow(TypeError);
    expect(bad({ seed: -1 })).toThrow(RangeError);
    expect(bad({ seed: 1, rate: 2 })).toThrow("rate: 2 is not in 0..1");
    expect(bad({ seed: 1, keep: "tcp" })).toThrow("keep: a list of names is wanted, not tcp");
    expect(bad({ seed: 1, fields: ["udp.len"] })).toThrow("no field 'udp.len' in this packet");
  });
});
