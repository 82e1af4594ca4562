import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { random } from "../../src/packet/random.ts";
import { comesBack } from "../../src/packet/random-check.ts";
import { Seeded } from "../../src/packet/seeded.ts";
import { valuesOf } from "../../src/packet/values.ts";
import { verifyPacket } from "../../src/packet/verify.ts";
import { all } from "../../src/protocols/all.ts";
import { dns } from "../../src/protocols/application/dns/dns.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { gre } from "../../src/protocols/tunnel/gre.ts";
import { vxlan } from "../../src/protocols/tunnel/vxlan.ts";
import { u8 } from "../../src/schema/field.ts";
import type { ListRule } from "../../src/schema/item.ts";
import { moreOf } from "../../src/schema/layer.ts";
import { names } from "../../src/schema/names.ts";
import { protocol, record } from "../../src/schema/protocol.ts";
import { at, variants } from "../../src/schema/variants.ts";
import { hex } from "../support/packets.ts";
import { carried } from "./random-stacks.ts";

const dissector = createDissector(all);
const seeds = Array.from({ length: 50 }, (_, seed) => seed);

describe("random numbers", () => {
  it("are the same everywhere for a seed", () => {
    // As another program in another language gives them by the same rule.
    const r = new Seeded(7);
    expect(Array.from({ length: 4 }, () => r.upTo(0xffffffff))).toEqual([
      2064663467, 741845084, 1743615334, 3962781458,
    ]);
    expect(hex(new Seeded(2 ** 40 + 1).bytes(8))).toBe("fe76e5a8aee3560d");
  });

  it("differ between neighbouring seeds and cover their range", () => {
    expect(new Set(seeds.map((seed) => new Seeded(seed).upTo(0xffffffff))).size).toBe(50);
    const r = new Seeded(1);
    const drawn = Array.from({ length: 300 }, () => r.upTo(2 ** 48));
    expect(Math.max(...drawn)).toBeGreaterThan(2 ** 47);
    expect(drawn.every((n) => Number.isInteger(n) && n <= 2 ** 48)).toBe(true);
    expect(new Set(Array.from({ length: 100 }, () => r.upTo(3)))).toEqual(new Set([0, 1, 2, 3]));
    expect(r.upTo(0)).toBe(0);
  });

  it.each([-1, 1.5, 2 ** 53, Number.NaN])("want a whole number, not %s", (seed) => {
    expect(() => new Seeded(seed)).toThrow(RangeError);
  });
});

describe("random packets", () => {
  it("are the same for a seed, and others for another", () => {
    const made = seeds.map((seed) => hex(random([ethernet, ipv4, tcp], { seed }).bytes()));
    expect(seeds.map((seed) => hex(random([ethernet, ipv4, tcp], { seed }).bytes()))).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  it("keep what is given, and compute the rest", () => {
    for (const seed of seeds) {
      const packet = random(
        [ethernet, ipv4({ dst: "192.0.2.1", ttl: 3 }), tcp({ dstPort: 80 }), "GET"],
        {
          seed,
        },
      );
      const ip = packet.require(ipv4);
      expect([ip.dst, ip.ttl, packet.require(tcp).dstPort]).toEqual(["192.0.2.1", 3, 80]);
      expect(ip.len).toBe(packet.length - 14);
      expect(ip.protocol).toBe(6);
      expect(ip.layer.headerEnd - ip.layer.start).toBe(ip.ihl * 4);
      expect(String.fromCharCode(...packet.raw)).toBe("GET");
      expect(verifyPacket(packet).map((sum) => sum.status)).toEqual(["good", "good"]);
    }
  });

  it("pin what is given only, so that the rest follows edits", () => {
    const packet = random([ipv4({ ttl: 9 }), udp], { seed: 1 });
    expect([...(moreOf(packet.first!).pinned ?? [])]).toEqual(["ttl"]);
    packet.require(ipv4).dst = "192.0.2.99";
    packet.bytes();
    expect(verifyPacket(packet).every((sum) => sum.status === "good")).toBe(true);
  });

  it("are taken apart as they were made", () => {
    for (const seed of seeds) {
      const made = random([ethernet, ipv4, udp, dns], { seed });
      const found = dissector.dissect(made.bytes(), ethernet);
      expect(String(found.chain)).toBe("Ethernet:IPv4:UDP:DNS");
      expect(found.error).toBeNull();
      for (const [i, layer] of made.layers.entries()) {
        expect(comesBack(layer, valuesOf(layer))).toBe(true);
        expect(valuesOf(found.layers[i]!)).toEqual(valuesOf(layer));
      }
    }
  });

  it("have parts with a condition when they are given, and then say so", () => {
    for (const seed of seeds) {
      const packet = random([ipv4, gre({ key: 5 })], { seed });
      expect(packet.require(gre).flags.key).toBe(true);
      expect(packet.require(gre).key).toBe(5);
    }
  });

  it("are one of the known cases, or the one that is named", () => {
    const types = new Set(seeds.map((seed) => random([ipv4, icmp], { seed }).require(icmp).is));
    expect(types.size).toBeGreaterThan(8);
    expect(types.has("unknown")).toBe(false);
    expect(random([ipv4, icmp.echo({ id: 3 })], { seed: 1 }).require(icmp).type).toBe(8);
    expect(random([ipv4, icmp({ type: 13 })], { seed: 1 }).require(icmp).is).toBe("timestamp");
  });

  it("stay in the room that headers have", () => {
    for (const { name, stack } of carried)
      for (const seed of seeds.slice(0, 10)) {
        const { length } = random(stack, { seed, payload: 10 });
        expect(length, name).toBeLessThan(1500);
      }
  });

  it("have values with a name, and zeros where it is reserved", () => {
    const known = /* @__PURE__ */ names("3=Three\n9=Nine\n200=Reserved");
    const own = protocol({ name: "own", title: "Own" }).fields({
      kind: u8("Kind", { names: known }),
      reserved: u8("Reserved"),
      version: u8("Version", { default: 2 }),
      level: u8("Level", { valid: [10, 12] }),
      made: u8("Made", { valid: (r) => r.pick([1, 255]) }),
    });
    const views = Array.from({ length: 200 }, (_, seed) => random([own], { seed }).require(own));
    const named = views.filter(({ kind }) => kind === 3 || kind === 9);
    expect(named.length).toBeGreaterThan(160);
    expect(new Set(views.map((v) => v.reserved))).toEqual(new Set([0]));
    expect(new Set(views.map((v) => v.version))).toEqual(new Set([2]));
    expect(new Set(views.map((v) => v.level))).toEqual(new Set([10, 11, 12]));
    expect(new Set(views.map((v) => v.made))).toEqual(new Set([1, 255]));
  });

  describe("with lists that have a rule", () => {
    const kind = record("own.option", "Option").fields({ kind: u8("Kind") });
    const option = variants(
      kind,
      "kind",
      { a: at(4, kind), b: at(3, kind), c: at(2, kind), d: at(1, kind) },
      kind,
    );
    type Rule = ListRule<"a" | "b" | "c" | "d">;
    /** The cases of the lists that a hundred random packets have. */
    const listsOf = (valid: Rule): string[] => {
      const own = protocol({ name: "own", title: "Own" }).list("options", "Options", option, {
        valid,
      });
      const packets = Array.from({ length: 100 }, (_, seed) => random([own], { seed, payload: 0 }));
      return packets.map((one) =>
        one
          .require(own)
          .options.map(({ is }) => is)
          .join(""),
      );
    };
    const found = (valid: Rule): string[] => [...new Set(listsOf(valid))].sort();

    it("have what is needed, first and in its order", () => {
      expect(found({ needs: ["b", "a"], only: [] })).toEqual(["ba"]);
      expect(found({ needs: ["d", ["a", "b"]], only: [] })).toEqual(["da", "db"]);
      expect(listsOf({ needs: ["c"] }).every((one) => /^c(?!.*c)/.test(one))).toBe(true);
    });

    it("have nothing but what may be there, and that once", () => {
      expect(found({ only: ["c", "a"] })).toEqual(["", "a", "ac", "c", "ca"]);
      expect(listsOf({ except: ["b", "d"] }).join("")).toMatch(/^[ac]+$/);
      expect(found({ only: [] })).toEqual([""]);
    });

    it("have what stands alone by itself", () => {
      const lists = listsOf({ alone: ["a"] });
      expect(lists.filter((one) => one.includes("a") && one !== "a")).toEqual([]);
      expect(lists).toContain("a");
      expect(lists.some((one) => one.length > 1)).toBe(true);
    });

    it("come in the order of their numbers, and the last ones last", () => {
      const isFalling = (text: string): boolean => [...text].sort().reverse().join("") === text;
      expect(listsOf({ ordered: true }).every(isFalling)).toBe(true);
      expect(listsOf({ last: ["c"] }).every((one) => !/c./.test(one))).toBe(true);
      expect(listsOf({}).every(isFalling)).toBe(false);
    });

    it("bind random packets alone: building and reading take any items", () => {
      const own = protocol({ name: "own", title: "Own" }).list("options", "Options", option, {
        valid: { needs: ["a"], only: [], ordered: true },
      });
      const made = build(own({ options: [{ is: "c" }, { is: "b" }, { is: "c" }] }));
      expect(hex(made.bytes())).toBe("020302");
      expect(createDissector([own]).dissect(made.bytes(), own).require(own).options).toHaveLength(
        3,
      );
    });

    it("name cases that there are, as the compiler sees to", () => {
      const own = protocol({ name: "own", title: "Own" }).list("options", "Options", option, {
        // @ts-expect-error: the item has no case of this name
        valid: { only: ["a", "nothing"] },
      });
      const kinds = seeds.flatMap((seed) => random([own], { seed }).require(own).options);
      expect(new Set(kinds.map(({ is }) => is))).toEqual(new Set(["a"]));
    });

    it("say which cases a nested record may be", () => {
      const own = protocol({ name: "own", title: "Own" }).record("one", "One", option, {
        valid: { only: ["b", "c"] },
      });
      const kinds = seeds.map((seed) => random([own], { seed }).require(own).one?.is);
      expect(new Set(kinds)).toEqual(new Set(["b", "c"]));
    });
  });

  it("put on top what a protocol always carries, and random bytes where it carries any", () => {
    expect(String(random([udp, vxlan], { seed: 1 }).chain)).toBe("UDP:VXLAN:Ethernet");
    const lengths = seeds.map((seed) => random([udp], { seed, payload: 20 }).raw.length);
    expect(new Set(lengths).size).toBeGreaterThan(8);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(20);
    expect(random([udp], { seed: 1, payload: 0 }).raw.length).toBe(0);
  });

  it("want a list of layers, a seed and a length", () => {
    const bad = (stack: unknown, options: unknown) => () =>
      random(stack as never, options as never);
    expect(bad(ethernet, { seed: 1 })).toThrow(TypeError);
    expect(bad([7], { seed: 1 })).toThrow("a protocol, a recipe, bytes or text are wanted, not 7");
    expect(bad([ethernet], {})).toThrow("seed: a number is wanted, not undefined");
    expect(bad([ethernet], undefined)).toThrow(TypeError);
    expect(bad([ethernet], { seed: 1, payload: -1 })).toThrow(RangeError);
    expect(bad([ipv4({ ttl: 256 })], { seed: 1 })).toThrow("ipv4.ttl: 256 is not in 0..255");
  });
});
