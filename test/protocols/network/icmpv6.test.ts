import { describe, expect, it } from "vitest";
import { foldSum, sum16 } from "../../../src/bytes/checksum.ts";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build, type Stackable } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { icmpv6 } from "../../../src/protocols/network/icmpv6.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";
import { hopByHop } from "../../../src/protocols/network/ipv6-extensions.ts";
import { ipv6Option } from "../../../src/protocols/network/ipv6-options.ts";
import { ndOption } from "../../../src/protocols/network/nd-options.ts";
import { metric } from "../../../src/protocols/network/rpl-metrics.ts";
import { rplOption } from "../../../src/protocols/network/rpl-options.ts";
import { udp } from "../../../src/protocols/transport/udp.ts";

const dissector = createDissector([ipv6, hopByHop, icmpv6, udp]);
const ip = ipv6({ src: "fe80::1", dst: "ff02::1", hopLimit: 255 });
const again = (...stack: Stackable[]) => dissector.dissect(build(ip, ...stack).bytes(), ipv6);

describe("ICMPv6", () => {
  it("reads an echo request", () => {
    const packet = dissector.dissect(parseHex("8000 1234 0001 0002 6869"), icmpv6);
    expect(packet.require(icmpv6.echoRequest)).toMatchObject({ id: 1, seq: 2, checksum: 0x1234 });
    expect(packet.raw).toHaveLength(2);
  });

  it("computes the checksum over the addresses, also behind a hop-by-hop header", () => {
    const packet = build(ip, icmpv6.echoRequest({ id: 1 }), "hello");
    expect(packet.require(ipv6).nextHeader).toBe(58);
    const bytes = packet.bytes();
    expect(foldSum(sum16(bytes, 40, bytes.length, sum16(bytes, 8, 40, 58 + 13)))).toBe(0);
    const options = [ipv6Option.routerAlert()];
    const behind = build(ip, hopByHop({ options }), icmpv6.echoRequest({ id: 1 }), "hello");
    expect(behind.require(icmpv6.echoRequest).checksum).toBe(
      packet.require(icmpv6.echoRequest).checksum,
    );
  });

  it("reads the packet that an error quotes", () => {
    const quoted = [ipv6({ dst: "2001:db8::9" }), udp({ dstPort: 53 })];
    const packet = again(icmpv6.packetTooBig({ mtu: 1280 }), ...quoted, "x");
    expect(String(packet.chain)).toBe("IPv6:ICMPv6:IPv6:UDP");
    expect(packet.require(icmpv6.packetTooBig).mtu).toBe(1280);
    expect(packet.require(ipv6, icmpv6, ipv6).dst).toBe("2001:db8::9");
  });

  it("says where a message is cut short", () => {
    expect(dissector.dissect(parseHex("8700"), icmpv6).error?.kind).toBe("truncated");
    expect(
      dissector.dissect(parseHex("8700 0000 00000000 20010db8"), icmpv6).require(icmpv6).is,
    ).toBe("unknown");
  });
});

describe("Neighbor Discovery", () => {
  it("reads a router advertisement with options", () => {
    const packet = dissector.dissect(
      parseHex(`8600 0000 40 88 0708 00000000 00000000
        0101 001122334455
        0501 0000 000005dc
        1903 0000 00000e10 20010db8000000000000000000000053`),
      icmpv6,
    );
    const advertisement = packet.require(icmpv6.routerAdvertisement);
    expect(advertisement).toMatchObject({ hopLimit: 64, lifetime: 1800 });
    expect(advertisement.flags).toMatchObject({ m: true, o: false, preference: 1 });
    const [link, mtu, servers] = advertisement.options;
    expect(link).toMatchObject({ is: "sourceLinkLayerAddress", address: "00:11:22:33:44:55" });
    expect(mtu).toMatchObject({ is: "mtu", mtu: 1500 });
    expect(servers?.is === "rdnss" && servers.servers[0]?.address).toBe("2001:db8::53");
  });

  it("gives back the options it was built from, filled up to whole words", () => {
    const packet = again(
      icmpv6.neighborSolicitation({
        target: "2001:db8::5",
        options: [
          ndOption.sourceLinkLayerAddress({ addressBytes: parseHex("0001020304050607") }),
          ndOption.dnssl({
            lifetime: 9,
            names: [{ name: "example.com" }, { name: "a\\.b.example" }],
          }),
          ndOption.captivePortal({ uri: "https://example.com/" }),
          ndOption.routeInformation({ prefixLength: 64, prefix: parseHex("20010db800000001") }),
          ndOption.nonce({ nonce: parseHex("010203040506") }),
          ndOption({ type: 200, data: parseHex("aabb") }),
        ],
      }),
    );
    expect(packet.error).toBeNull();
    const { options } = packet.require(icmpv6.neighborSolicitation);
    expect(options.map((o) => o.length)).toEqual([2, 5, 3, 2, 1, 1]);
    const [link, names, portal] = options;
    expect(link?.is === "sourceLinkLayerAddress" && link.address).toBeUndefined();
    expect(names?.is === "dnssl" && names.names.map((n) => n.name)).toEqual([
      "example.com",
      "a\\046b.example",
    ]);
    expect(portal?.is === "captivePortal" && portal.uri).toBe("https://example.com/");
    expect(options[5]?.is).toBe("unknown");
  });

  it("ends a list at an option without length", () => {
    const packet = dissector.dissect(parseHex("8500 0000 00000000 0100 001122334455"), icmpv6);
    expect(packet.require(icmpv6.routerSolicitation).options).toEqual([]);
    expect(packet.error).not.toBeNull();
  });
});

describe("Multicast Listener Discovery", () => {
  it("tells queries of version 1 and 2 by their length", () => {
    const old = again(icmpv6.listenerQuery({ maxResponse: 100, group: "ff02::5" }));
    expect(old.require(icmpv6.listenerQuery)).toMatchObject({ maxResponse: 100, group: "ff02::5" });
    expect(old.require(icmpv6.listenerQuery).flags).toBeUndefined();
    const query = again(
      icmpv6.listenerQuery({
        flags: { s: true },
        qqic: 125,
        sources: [{ address: "2001:db8::7" }],
      }),
    ).require(icmpv6.listenerQuery);
    expect(query).toMatchObject({ qqic: 125, sourceCount: 1 });
    expect(query.flags?.s).toBe(true);
  });

  it("reads and builds reports of version 2", () => {
    const report = again(
      icmpv6.listenerReportV2({
        records: [
          { type: 4, group: "ff02::5" },
          {
            type: 1,
            group: "ff02::6",
            sources: [{ address: "2001:db8::7" }],
            auxiliary: parseHex("01020304"),
          },
        ],
      }),
    ).require(icmpv6.listenerReportV2);
    expect(report.count).toBe(2);
    expect(report.records[1]).toMatchObject({ sourceCount: 1, auxLength: 1, group: "ff02::6" });
  });
});

describe("Node Information", () => {
  it("reads the subject by the code and the answer by the type of query", () => {
    const query = again(
      icmpv6.nodeInformationQuery({ code: 1, qtype: 2, subjectNames: [{ name: "host.example" }] }),
    ).require(icmpv6.nodeInformationQuery);
    expect(query.subject).toBeUndefined();
    expect(query.subjectNames[0]?.name).toBe("host.example");
    const reply = again(
      icmpv6.nodeInformationReply({ qtype: 4, ipv4Addresses: [{ ttl: 3, address: "192.0.2.1" }] }),
    ).require(icmpv6.nodeInformationReply);
    expect(reply.names).toEqual([]);
    expect(reply.ipv4Addresses[0]).toMatchObject({ ttl: 3, address: "192.0.2.1" });
  });
});

describe("RPL control", () => {
  it("chooses the object by the code", () => {
    const packet = again(
      icmpv6.rplControl({
        is: "dao",
        code: 2,
        instance: 1,
        dodag: "2001:db8::1",
        options: [
          rplOption.target({ prefixLength: 64, prefix: parseHex("20010db800000001") }),
          rplOption.metricContainer({ metrics: [metric.hopCount({ object: { hops: 5 } })] }),
          rplOption.pad1(),
        ],
      }),
    );
    const dao = packet.require(icmpv6.rplControl);
    if (dao.is !== "dao") throw new Error(dao.is);
    expect(dao.flags.d).toBe(true);
    expect(dao.dodag).toBe("2001:db8::1");
    expect(dao.options.map((o) => o.is)).toEqual(["target", "metricContainer", "pad1"]);
    const [, container] = dao.options;
    expect(container?.is === "metricContainer" && container.metrics[0]).toMatchObject({
      is: "hopCount",
      length: 2,
    });
  });
});
