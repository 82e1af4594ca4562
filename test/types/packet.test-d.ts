import { describe, expectTypeOf, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import type { AnyView, Packet } from "../../src/packet/packet.ts";
import { all } from "../../src/protocols/all.ts";
import { dns } from "../../src/protocols/application/dns/dns.ts";
import { arp } from "../../src/protocols/link/arp.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { sll } from "../../src/protocols/link/sll.ts";
import { vlan } from "../../src/protocols/link/vlan.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { hopByHop } from "../../src/protocols/network/ipv6-extensions.ts";
import { mptcpOption } from "../../src/protocols/transport/mptcp.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { tcpOption } from "../../src/protocols/transport/tcp-options.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { vxlan } from "../../src/protocols/tunnel/vxlan.ts";
import { flags, u8, u16 } from "../../src/schema/field.ts";
import { type AnyProtocol, protocol, record, type ViewOf } from "../../src/schema/protocol.ts";
import type { AnyRecipe } from "../../src/schema/recipe.ts";
import { table } from "../../src/schema/table.ts";
import { at, variants } from "../../src/schema/variants.ts";

declare const packet: Packet;
const base = protocol({ name: "msg", title: "Msg" }).fields({ type: u8("Type") });
const msg = variants(
  base,
  "type",
  { echo: at(8, base.fields({ id: u16("Id") })) },
  base.bytes("data", "Data"),
);
const numbers = table("numbers");

describe("asking a packet for a layer", () => {
  it("gives its view, or undefined", () => {
    expectTypeOf(packet.get(ipv4)).toEqualTypeOf<ViewOf<typeof ipv4> | undefined>();
    expectTypeOf(packet.get(ipv4)?.src).toEqualTypeOf<string | undefined>();
    expectTypeOf(packet.get(tcp)?.flags.syn).toEqualTypeOf<boolean | undefined>();
    expectTypeOf(packet.get(ipv4)).not.toBeAny();
    // @ts-expect-error may be undefined
    void packet.get(ipv4).src;
    // @ts-expect-error no such field
    void packet.get(ipv4)?.source;
  });

  it("that must be there gives its view", () => {
    expectTypeOf(packet.require(tcp).srcPort).toEqualTypeOf<number>();
    expectTypeOf(packet.require(tcp)).not.toBeAny();
    // @ts-expect-error no such field
    void packet.require(tcp).sourcePort;
  });

  it("by a path gives the view of the last", () => {
    expectTypeOf(packet.get(ethernet, ipv4, tcp)?.srcPort).toEqualTypeOf<number | undefined>();
    expectTypeOf(packet.require(ethernet, ipv4).ttl).toEqualTypeOf<number>();
  });

  it("by name gives fields that are unknown, not any", () => {
    expectTypeOf(packet.get("tcp")).toEqualTypeOf<AnyView | undefined>();
    expectTypeOf(packet.require("tcp")["srcPort"]).toBeUnknown();
    // @ts-expect-error names and declarations do not mix
    packet.get("ip", tcp);
  });

  it("with cases gives a union, of a case its own", () => {
    const view = packet.require(msg);
    expectTypeOf(view.is).toEqualTypeOf<"echo" | "unknown">();
    if (view.is === "echo") expectTypeOf(view.id).toEqualTypeOf<number>();
    expectTypeOf(packet.get(msg.echo)?.id).toEqualTypeOf<number | undefined>();
    // @ts-expect-error no such case
    packet.get(msg.nope);
  });

  it("takes declarations and nothing else", () => {
    // @ts-expect-error a recipe is not a declaration
    packet.get(ipv4());
    // @ts-expect-error neither is a number
    packet.get(6);
  });
});

describe("setting parts of a packet", () => {
  it("takes what building takes", () => {
    expectTypeOf(packet.set(ipv4, { ttl: 1 })).toEqualTypeOf<Packet>();
    // @ts-expect-error no such field
    packet.set(ipv4, { nope: 1 });
    // @ts-expect-error a number is wanted
    packet.set(ipv4, { ttl: "1" });
    // @ts-expect-error computed, but a number all the same
    packet.set(tcp, { checksum: "0" });
  });
});

describe("building", () => {
  it("takes recipes, bytes and text", () => {
    expectTypeOf(
      build(ethernet(), ipv4({ ttl: 3 }), tcp(), new Uint8Array(1), "x"),
    ).toExtend<Packet>();
    // @ts-expect-error a declaration must be called
    build(ipv4);
    // @ts-expect-error no layer
    build(5);
    // @ts-expect-error no layer
    build({ ttl: 3 });
  });
});

describe("a built packet", () => {
  const ping = build(ethernet(), ipv4(), icmp.echo({ id: 1 }), "x");

  it("has the layers that it was built of", () => {
    expectTypeOf(ping.get(ipv4)).toEqualTypeOf<ViewOf<typeof ipv4>>();
    expectTypeOf(ping.get(icmp.echo)).toEqualTypeOf<ViewOf<typeof icmp.echo>>();
    expectTypeOf(ping.get(icmp)).toEqualTypeOf<ViewOf<typeof icmp>>();
    expectTypeOf(ping.get(icmp).is).not.toBeAny();
  });

  it("may or may not have others", () => {
    expectTypeOf(ping.get(tcp)).toEqualTypeOf<ViewOf<typeof tcp> | undefined>();
    expectTypeOf(ping.get(icmp.echoReply)).toEqualTypeOf<
      ViewOf<typeof icmp.echoReply> | undefined
    >();
    expectTypeOf(ping.get("ip")).toEqualTypeOf<AnyView | undefined>();
    expectTypeOf(ping.get(ethernet, ipv4)?.ttl).toEqualTypeOf<number | undefined>();
    const unknown: AnyRecipe = ipv4();
    expectTypeOf(build(unknown).get(ipv4)).toEqualTypeOf<ViewOf<typeof ipv4> | undefined>();
    const some = [ipv4(), tcp()];
    expectTypeOf(build(...some).get(ipv4)?.ttl).toEqualTypeOf<number | undefined>();
  });

  it("stands only where the tables of the layer below have a place for it", () => {
    // @ts-expect-error "arp does not carry tcp"
    build(ethernet(), arp(), tcp());
    // @ts-expect-error "ipv4 does not carry arp"
    build(ipv4(), arp());
    // @ts-expect-error "udp does not carry ipv4", also further up
    build(ethernet(), ipv4(), udp(), ipv4());
    // Carried by several, chosen by a function, or made wrong on purpose.
    build(ethernet(), vlan(), ipv6(), ipv4(), udp(), vxlan(), ethernet(), arp());
    build(sll(), ipv6(), hopByHop(), tcp());
    build(ethernet(), arp(), tcp() as AnyRecipe);
    build(base(), "x");
  });
});

describe("a dissector", () => {
  it("takes any declarations and bindings", () => {
    expectTypeOf(createDissector(all).dissect(new Uint8Array(), ethernet)).toEqualTypeOf<Packet>();
    createDissector([ipv4, msg], {
      bind: [numbers.at(1, msg), numbers.at(2, msg.echo)],
      unbind: [numbers.at(3)],
    });
    expectTypeOf(createDissector([]).named("x")).toEqualTypeOf<AnyProtocol | undefined>();
    // @ts-expect-error a name is no declaration
    createDissector(["ipv4"]);
    // @ts-expect-error records have flags for keys nowhere
    numbers.at({ key: 1 });
  });
});

describe("views and undefined among values", () => {
  it("are taken as what they show, and as what was not given", () => {
    const { options } = packet.require(tcp);
    packet.set(tcp, { options: [...options, tcpOption.noOperation(), mptcpOption.fail()] });
    packet.set(tcp, packet.require(tcp)).set(icmp, packet.require(icmp));
    packet.set(ethernet, { trailer: undefined, src: undefined, rest: undefined });
    tcp({ options, flags: { syn: undefined }, srcPort: undefined });
    // @ts-expect-error a view of another kind
    packet.set(tcp, { options: packet.require(dns).questions });
    // @ts-expect-error null is no value
    packet.set(ethernet, { src: null });
  });

  it("stand beside names of layers", () => {
    expectTypeOf(packet.automatic("ip", { len: true })).toEqualTypeOf<Packet>();
    expectTypeOf(packet.automatic("ip")["len"]).toEqualTypeOf<boolean | undefined>();
    packet.set("tcp", { srcPort: 1 }).remove("ip").insert("udp").direction(packet, "ip");
    // @ts-expect-error values are an object
    packet.set("tcp", 1);
  });
});

describe("records in lists of shipped protocols", () => {
  it("are views and not any", () => {
    const lists = record("x").fields({ f: flags(8, { a: "A" }, "F") });
    expectTypeOf<ViewOf<typeof lists>["f"]["a"]>().toEqualTypeOf<boolean>();
    type Options = ViewOf<typeof tcp>["options"];
    expectTypeOf<Options>().not.toBeAny();
    const options = null as unknown as Options;
    const mss = options.find((o) => o.is === "maximumSegmentSize");
    expectTypeOf(mss?.mss).toEqualTypeOf<number | undefined>();
    // @ts-expect-error no such option
    void options.find((o) => o.is === "maximumSegmentSise");
  });
});
