import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { destinationOptions, hopByHop } from "../../src/protocols/network/ipv6-extensions.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { aboveFragment, isAwaited, isFragment } from "../../src/reassembly/fragment.ts";
import { IpReassembly } from "../../src/reassembly/ip.ts";
import type { Layer } from "../../src/schema/layer.ts";
import type { AnyProtocol } from "../../src/schema/protocol.ts";
import { captured } from "./samples.ts";

const ends6 = { src: "2001:db8::1", dst: "2001:db8::2" };
const payload = new Uint8Array(200);

const over4 = build(ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }), udp({ dstPort: 9 }), payload);
const over6 = build(ipv6(ends6), hopByHop(), destinationOptions(), udp({ dstPort: 9 }), payload);

/** The fragments of a packet as those of a capture, and what says of each that it is one. */
function fragmentsOf(packet: Packet, size: number, first: AnyProtocol, name: string) {
  return packet.fragment({ size }).map((one, i) => {
    const bytes = one.bytes();
    return { bytes, layer: layerOf(captured(bytes, i + 1, 0, first), name) };
  });
}

function layerOf(packet: Packet, name: string): Layer {
  for (let l = packet.first; l !== null; l = l.upper) if (l.schema.name === name) return l;
  throw new Error(`no ${name} in ${packet.chain}`);
}

const four = fragmentsOf(over4, 100, ipv4, "ipv4");
const six = fragmentsOf(over6, 160, ipv6, "ipv6Fragment");

describe("fragments are told from whole packets", () => {
  it("by their header", () => {
    expect([four.length, six.length]).toEqual([3, 3]);
    for (const { layer } of [...four, ...six])
      expect([isFragment(layer), isAwaited(layer)]).toEqual([true, true]);
    const whole = [layerOf(over4, "ipv4"), layerOf(over4, "udp"), layerOf(over6, "ipv6")];
    for (const layer of whole)
      expect([isFragment(layer), isAwaited(layer)]).toEqual([false, false]);
  });

  it("and not where one fragment is all (RFC 6946 §4)", () => {
    const bytes = six[0]!.bytes.slice();
    const at = six[0]!.layer.start;
    bytes.set([0, 0], at + 2);
    const layer = layerOf(captured(bytes, 1, 0, ipv6), "ipv6Fragment");
    expect([isFragment(layer), isAwaited(layer)]).toEqual([false, false]);
  });

  it("and a first one that the capture cut waits for nothing, others do", () => {
    const cut = ({ bytes, layer }: (typeof four)[number], first: AnyProtocol) =>
      layerOf(captured(bytes.subarray(0, bytes.length - 8), 1, 0, first), layer.schema.name);
    for (const [list, first] of [
      [four, ipv4],
      [six, ipv6],
    ] as const) {
      const layers = list.map((one) => cut(one, first));
      expect(layers.map(isFragment)).toEqual([true, true, true]);
      expect(layers.map(isAwaited)).toEqual([false, true, true]);
    }
  });
});

describe("above a fragment", () => {
  it.each([
    ["IPv4", four, ipv4, "udp"],
    // The header of hop-by-hop options is in each fragment, that of destination options in the datagram alone.
    ["IPv6", six, ipv6, "destinationOptions"],
  ] as const)(
    "of %s the datagram goes on behind what each fragment has",
    (_, list, first, name) => {
      const reassembly = new IpReassembly();
      const packets = list.map(({ bytes }, i) => captured(bytes, i + 1, 0, first));
      const done = packets.map((packet) => reassembly.add(packet)).at(-1)!;
      const last = layerOf(packets.at(-1)!, list[0]!.layer.schema.name);
      expect(aboveFragment(last, done!.packet)?.schema.name).toBe(name);
    },
  );
});
