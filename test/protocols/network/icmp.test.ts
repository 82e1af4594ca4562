import { describe, expect, it } from "vitest";
import { checksum16 } from "../../../src/bytes/checksum.ts";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { icmp } from "../../../src/protocols/network/icmp.ts";
import { icmpExtensionObject } from "../../../src/protocols/network/icmp-extensions.ts";
import { agentExtension } from "../../../src/protocols/network/icmp-mobile.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { udp } from "../../../src/protocols/transport/udp.ts";

const dissector = createDissector([ipv4, icmp, udp]);
const addresses = { src: "192.0.2.1", dst: "192.0.2.2" };
const quoted = [ipv4({ src: "192.0.2.2", dst: "192.0.2.9" }), udp({ srcPort: 5, dstPort: 6 })];
const mpls = icmpExtensionObject.mplsLabelStack({
  type: 1,
  labels: [{ label: 1234, exp: 1, s: true, ttl: 7 }],
});

describe("ICMP", () => {
  it("reads an echo", () => {
    const packet = dissector.dissect(parseHex("0800 f7fd 0001 0001 6869"), icmp);
    const echo = packet.require(icmp.echo);
    expect(echo).toMatchObject({ is: "echo", type: 8, code: 0, id: 1, seq: 1, checksum: 0xf7fd });
    expect(Buffer.from(packet.raw).toString()).toBe("hi");
    expect(packet.get(icmp.echoReply)).toBeUndefined();
  });

  it("builds an echo with type and checksum", () => {
    const packet = build(ipv4(addresses), icmp.echo({ id: 1, seq: 2 }), "hello");
    expect(packet.require(ipv4).protocol).toBe(1);
    expect(packet.bytes()[20]).toBe(8);
    expect(checksum16(packet.bytes(), 20, packet.length)).toBe(0);
  });

  it("reads the datagram that an error quotes, cut short as it is", () => {
    const whole = build(
      ipv4(addresses),
      icmp.destinationUnreachable({ code: 4, mtu: 1400 }),
      ...quoted,
      "more than was sent back",
    ).bytes();
    const error = whole.subarray(0, 20 + 8 + 28);
    error[3] = error.length;
    const packet = dissector.dissect(error, ipv4);
    expect(String(packet.chain)).toBe("IPv4:ICMP:IPv4:UDP");
    expect(packet.require(icmp.destinationUnreachable)).toMatchObject({ code: 4, mtu: 1400 });
    expect(packet.require(ipv4, icmp, ipv4).dst).toBe("192.0.2.9");
    expect(packet.require(udp).dstPort).toBe(6);
  });

  it("leaves the next-hop MTU to code 4", () => {
    const packet = dissector.dissect(parseHex("0301 0000 0000 0578"), icmp);
    expect(packet.require(icmp.destinationUnreachable).mtu).toBeUndefined();
  });

  it("computes the length of the quoted datagram where extensions follow", () => {
    const packet = build(
      ipv4(addresses),
      icmp.timeExceeded({
        extensions: [
          mpls,
          icmpExtensionObject.interfaceInformation({
            ifIndex: 5,
            address: { ipv4: "10.0.0.1" },
            name: { name: "eth0\0\0\0" },
          }),
        ],
      }),
      ...quoted,
      new Uint8Array(100),
    );
    expect(packet.require(icmp.timeExceeded).length).toBe(32);
    const again = dissector.dissect(packet.bytes(), ipv4).require(icmp.timeExceeded);
    expect(again.extensionVersion).toBe(2);
    const [labels, info] = again.extensions ?? [];
    expect(labels?.is === "mplsLabelStack" && labels.labels[0]).toMatchObject({
      label: 1234,
      s: true,
    });
    if (info?.is !== "interfaceInformation") throw new Error("no interface information");
    expect(info.type).toMatchObject({ ifIndex: true, ipAddress: true, name: true, mtu: false });
    expect(info.address).toMatchObject({ afi: 1, ipv4: "10.0.0.1" });
    expect(info.name).toMatchObject({ length: 8, name: "eth0\0\0\0" });
  });

  it("finds extensions behind 128 bytes without a length", () => {
    const packet = build(
      ipv4(addresses),
      icmp.timeExceeded({ length: 0, extensions: [mpls] }),
      ...quoted,
      new Uint8Array(100),
    );
    const old = dissector.dissect(packet.bytes(), ipv4).require(icmp.timeExceeded);
    expect(old.extensions).toHaveLength(1);
    const plain = build(ipv4(addresses), icmp.timeExceeded(), ...quoted, new Uint8Array(200));
    const none = dissector.dissect(plain.bytes(), ipv4).require(icmp.timeExceeded);
    expect(none.extensions).toBeUndefined();
  });

  it("reads a router advertisement with the extensions of a mobility agent", () => {
    const packet = build(
      ipv4(addresses),
      icmp.routerAdvertisement({
        lifetime: 1800,
        addresses: [{ address: "192.0.2.3", preference: -2 }],
        extensions: [
          agentExtension.mobilityAgent({
            flags: { f: true },
            careOfAddresses: [{ address: "192.0.2.7" }],
          }),
          agentExtension.padding(),
        ],
      }),
    );
    const again = dissector.dissect(packet.bytes(), ipv4).require(icmp.routerAdvertisement);
    expect(again).toMatchObject({ count: 1, entrySize: 2, lifetime: 1800 });
    expect(again.addresses[0]?.preference).toBe(-2);
    expect(again.extensions.map((x) => x.is)).toEqual(["mobilityAgent", "padding"]);
  });

  it("asks after an interface by name, index and address", () => {
    const bytes = parseHex(
      "2a00 0000 0007 08 01 2000 0000 000c 03 01 65746830 65746831 0008 03 02 00000009",
    );
    const request = dissector.dissect(bytes, icmp).require(icmp.extendedEchoRequest);
    expect(request).toMatchObject({ id: 7, seq: 8, local: true });
    const [name, index] = request.extension?.extensions ?? [];
    expect(name?.is === "interfaceName" && name.name).toBe("eth0eth1");
    expect(index?.is === "interfaceIndex" && index.index).toBe(9);
    const reply = dissector.dissect(parseHex("2b00 0000 0007 08 46"), icmp);
    expect(reply.require(icmp.extendedEchoReply)).toMatchObject({
      state: 2,
      active: true,
      ipv4: true,
    });
  });

  it("keeps a message of another type, and says where one is cut short", () => {
    expect(dissector.dissect(parseHex("6301 0000 0a0b"), icmp).require(icmp)).toMatchObject({
      is: "unknown",
      code: 1,
    });
    expect(dissector.dissect(parseHex("0800"), icmp).error?.kind).toBe("truncated");
  });
});
