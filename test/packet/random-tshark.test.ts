import { beforeAll, describe, expect, it } from "vitest";
import { parseHex } from "../../src/bytes/hex.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { random } from "../../src/packet/random.ts";
import { hex } from "../support/packets.ts";
import { hasTshark } from "../support/tshark.ts";
import { type Frame, type Verdict, verdicts } from "./random-captures.ts";
import { carried } from "./random-stacks.ts";
import { tsharkFaults } from "./random-tshark-faults.ts";

/** Random packets of each protocol. All of them take tshark a few seconds. */
const COUNT = 200;

interface Case extends Frame {
  readonly packet: Packet;
  readonly seed: number;
}

/** Names under which tshark lists a protocol, where that is not the prefix of its fields. */
const shownAs: Readonly<Record<string, string>> = {
  mipv6: "mipv6",
  mdns: "mdns",
  llmnr: "llmnr",
  ssdp: "ssdp",
  // tshark 4.0 knows the port only where a preference says so.
  vxlanGpe: "udp",
  // It knows it only behind an upgrade.
  websocket: "tcp",
  pwControlWord: "pw",
};

if (!hasTshark) console.log("random packets: tshark is not installed, nothing is compared with it");

describe.skipIf(!hasTshark)("random packets as tshark reads them", () => {
  const cases = new Map<string, Case[]>();
  const said = new Map<Case, Verdict>();
  let examples: readonly Verdict[] = [];

  beforeAll(() => {
    const frames: Case[] = [];
    for (const [place, { name, stack, linkType }] of carried.entries()) {
      const own = Array.from({ length: COUNT }, (_, i): Case => {
        const seed = i * 1000 + place;
        const packet = random(stack, { seed });
        return { packet, seed, linkType, bytes: packet.bytes() };
      });
      cases.set(name, own);
      frames.push(...own);
    }
    const all = verdicts(frames);
    for (const [i, frame] of frames.entries()) said.set(frame, all[i]!);
    // In captures of their own, since tshark does not look into what it takes for repeated.
    examples = verdicts(
      tsharkFaults.map(({ example }) => ({
        linkType: example.linkType,
        bytes: parseHex(example.hex),
      })),
    );
  }, 60_000);

  /** What is wrong with the packets of a protocol, other than what is known of tshark. */
  const faultsOf = (name: string, wrong: (verdict: Verdict) => boolean): string[] =>
    cases.get(name)!.flatMap((one) => {
      const verdict = said.get(one)!;
      if (!wrong(verdict)) return [];
      if (tsharkFaults.some(({ applies }) => applies(one.packet, verdict.protocols))) return [];
      return [`seed ${one.seed}: ${verdict.protocols}: ${verdict.notes}: ${hex(one.bytes)}`];
    });

  describe.each(carried)("$name", ({ name, protocol }) => {
    it("is not malformed", () => {
      expect(faultsOf(name, (verdict) => verdict.malformed)).toEqual([]);
    });

    it("has right checksums", () => {
      expect(faultsOf(name, ({ sums }) => sums.includes(0))).toEqual([]);
    });

    it("is what tshark finds too", () => {
      const wanted = shownAs[protocol.schema.name] ?? protocol.schema.about.prefix;
      const found = cases.get(name)!.filter((one) =>
        said
          .get(one)!
          .protocols.split(":")
          .some((p) => p.startsWith(wanted)),
      );
      // A segment that resets a connection, or guessed control words, are not looked into.
      expect(found.length).toBeGreaterThan(COUNT / 4);
    });
  });

  it("has good checksums wherever tshark verifies them", () => {
    const good = [...said.values()].flatMap(({ sums }) => sums.filter((state) => state === 1));
    expect(good.length).toBeGreaterThan(cases.size * COUNT * 0.5);
  });

  it.each(tsharkFaults.map((one, i) => [one.name, i] as const))(
    "the fault %s is still there",
    (_, i) => {
      const { malformed, sums } = examples[i]!;
      expect(malformed || sums.includes(0)).toBe(true);
    },
  );
});
