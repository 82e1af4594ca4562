import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flowKey } from "../../src/flow/key.ts";
import { build } from "../../src/packet/build.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { vlan } from "../../src/protocols/link/vlan.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { ipv6Fragment } from "../../src/protocols/network/ipv6-extensions.ts";
import { dccp } from "../../src/protocols/transport/dccp.ts";
import { sctp } from "../../src/protocols/transport/sctp/sctp.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { udpLite } from "../../src/protocols/transport/udp-lite.ts";
import { vxlan } from "../../src/protocols/tunnel/vxlan.ts";

const ends = { src: "10.0.0.1", dst: "10.0.0.2" };
const ports = { srcPort: 5, dstPort: 6 };

describe("the key of a flow", () => {
  it("is the same both ways, for all that has ends, and no other's", () => {
    const make = [
      () => build(ipv4(ends), tcp(ports)),
      () => build(ipv4(ends), udp(ports)),
      () => build(ipv4(ends), udpLite(ports)),
      () => build(ipv4(ends), sctp(ports)),
      () => build(ipv4(ends), dccp.data(ports)),
      () => build(ipv4({ ...ends, protocol: 89 })),
      () => build(ipv6({ src: "fe80::1", dst: "fe80::2" }), udp(ports)),
    ];
    const keys = make.map((one) => flowKey(one()));
    expect(make.map((one) => flowKey(one().reverse()))).toEqual(keys);
    expect(new Set(keys).size).toBe(make.length);
    expect(keys).not.toContain(undefined);
  });

  it("does not depend on the order of addresses and ports", () => {
    const address = fc.ipV4();
    const port = fc.nat(65535);
    fc.assert(
      fc.property(address, address, port, port, (src, dst, srcPort, dstPort) => {
        const there = build(ethernet(), ipv4({ src, dst }), udp({ srcPort, dstPort }));
        const back = build(
          ethernet(),
          ipv4({ src: dst, dst: src }),
          udp({ srcPort: dstPort, dstPort: srcPort }),
        );
        expect(flowKey(back)).toBe(flowKey(there));
        const other = build(ethernet(), ipv4({ src, dst }), udp({ srcPort, dstPort: dstPort ^ 1 }));
        if (src !== dst) expect(flowKey(other)).not.toBe(flowKey(there));
      }),
    );
  });

  it("joins a request and its answer by type and identifier", () => {
    const back = { src: ends.dst, dst: ends.src };
    const ask = flowKey(build(ipv4(ends), icmp.echo({ id: 1, seq: 1 })));
    expect(flowKey(build(ipv4(back), icmp.echoReply({ id: 1, seq: 9 })))).toBe(ask);
    expect(flowKey(build(ipv4(back), icmp.echoReply({ id: 2, seq: 1 })))).not.toBe(ask);
    expect(flowKey(build(ipv4(back), icmp.echo({ id: 1, seq: 1 })))).not.toBe(ask);
  });

  it("does not take what a message quotes for a packet", () => {
    const error = build(
      ipv4(ends),
      icmp.timeExceeded({}),
      ipv4({ src: "1.1.1.1", dst: "2.2.2.2" }),
      udp(ports),
    );
    expect(flowKey(error)).toBe(flowKey(build(ipv4(ends), icmp.timeExceeded({}))));
  });

  it("tells networks apart when asked to", () => {
    const frame = (id: number) => build(ethernet(), vlan({ id }), ipv4(ends), udp(ports));
    expect(flowKey(frame(1))).toBe(flowKey(frame(2)));
    expect(flowKey(frame(1), { tags: true })).not.toBe(flowKey(frame(2), { tags: true }));
    expect(flowKey(frame(1).reverse(), { tags: true })).toBe(flowKey(frame(1), { tags: true }));
  });

  it("is that of the packet in a tunnel, or of the tunnel", () => {
    const inner = [ethernet(), ipv4(ends), tcp(ports)] as const;
    const carrier = { src: "192.0.2.1", dst: "192.0.2.2" };
    const far = build(
      ethernet(),
      ipv4(carrier),
      udp({ srcPort: 9, dstPort: 4789 }),
      vxlan({ vni: 3 }),
      ...inner,
    );
    expect(flowKey(far)).toBe(flowKey(build(...inner)));
    const near = flowKey(build(ipv4(carrier), udp({ srcPort: 9, dstPort: 4789 })));
    expect(flowKey(far, { level: "outermost" })).toBe(near);
    expect(flowKey(far, { tags: true })).not.toBe(flowKey(build(...inner), { tags: true }));
  });

  it("goes by the number behind extension headers", () => {
    const later = build(
      ipv6({ src: "fe80::1", dst: "fe80::2" }),
      ipv6Fragment({ offset: 3, nextHeader: 17 }),
    );
    const other = build(
      ipv6({ src: "fe80::1", dst: "fe80::2" }),
      ipv6Fragment({ offset: 3, nextHeader: 6 }),
    );
    expect(flowKey(later)).not.toBe(flowKey(other));
  });

  it("is none where there are only hardware addresses, or nothing", () => {
    expect(flowKey(build(ethernet({ src: "02:00:00:00:00:01" }), "text"))).toBeUndefined();
  });
});
