import { describe, expect, it } from "vitest";
import {
  type AnyRecipe,
  build,
  ethernet,
  hopByHop,
  ipv4,
  ipv4Option,
  ipv6Option,
  lacp,
  lacpTlv,
  type Packet,
  sctp,
  sctpChunk,
  slow,
  tcp,
  tcpOption,
} from "../../src/index.ts";
import { type Automatic, automaticFields } from "./making-automatic.ts";

const valueIn = (packet: Packet, { of, field }: Automatic): unknown =>
  (packet.require(of.schema.name) as unknown as Readonly<Record<string, unknown>>)[field];

const turn = (packet: Packet, { of, field }: Automatic, on: boolean): void =>
  void packet.automatic(packet.require(of.schema.name), { [field]: on });

describe.each(Object.entries(automaticFields))("%s", (_, one) => {
  it("follows what changes", () => {
    const packet = build(...one.stack({}));
    packet.bytes();
    const before = valueIn(packet, one);
    one.change(packet);
    packet.bytes();
    expect(valueIn(packet, one)).toBe(one.right(packet));
    expect(valueIn(packet, one)).not.toBe(before);
  });

  it("can be turned off for one packet", () => {
    const packet = build(...one.stack({}));
    packet.bytes();
    const before = valueIn(packet, one);
    turn(packet, one, false);
    one.change(packet);
    packet.bytes();
    expect(valueIn(packet, one)).toBe(before);
  });

  it("can be turned off and on again", () => {
    const packet = build(...one.stack({}));
    turn(packet, one, false);
    turn(packet, one, true);
    one.change(packet);
    packet.bytes();
    expect(valueIn(packet, one)).toBe(one.right(packet));
  });

  it("that is given stays, also when it is wrong", () => {
    const packet = build(...one.stack({ [one.field]: 5 }));
    one.change(packet);
    packet.bytes();
    expect(valueIn(packet, one)).toBe(5);
  });
});

/** Records in a list, each of which has a length that is wrong, and room behind it. */
const records: readonly [string, AnyRecipe, string][] = [
  [
    "a TCP option",
    tcp({ options: [tcpOption.maximumSegmentSize({ length: 9 }), new Uint8Array(8)] }),
    "options",
  ],
  [
    "an IPv4 option",
    ipv4({ options: [ipv4Option.routerAlert({ length: 9 }), new Uint8Array(8)] }),
    "options",
  ],
  [
    "an IPv6 option",
    hopByHop({ options: [ipv6Option.routerAlert({ length: 9 }), new Uint8Array(8)] }),
    "options",
  ],
  [
    "a chunk of SCTP",
    sctp({ chunks: [sctpChunk.shutdown({ length: 9 }), new Uint8Array(8)] }),
    "chunks",
  ],
];

describe("the length of a record", () => {
  it.each(records)("of %s that is given stays, whatever else changes", (_, made, list) => {
    const packet = build(made, "payload");
    const first = () => {
      const view = packet.require(made.schema.name) as unknown as Lists;
      return view[list]?.[0]?.length;
    };
    packet.replaceRaw("another payload");
    packet.bytes();
    expect(first()).toBe(9);
  });

  it("of LACP is that of its kind, and is given like any other", () => {
    const packet = build(
      ethernet(),
      slow(),
      lacp({ tlvs: [lacpTlv.actor(), lacpTlv.partner({ length: 7 })] }),
    );
    expect(packet.require(lacp).tlvs[0]?.length).toBe(20);
    const at = packet.require(lacp).tlvs[1]?.layer;
    expect(at?.bytes[at.start + 1]).toBe(7);
  });
});
type Lists = Readonly<Record<string, readonly { readonly length: number }[]>>;
