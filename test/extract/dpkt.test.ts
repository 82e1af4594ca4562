import { describe, expect, it } from "vitest";
import { captures } from "../../scripts/synthetic/index.mjs";
import { dpktEngine } from "../../src/extract/engines/dpkt.ts";
import { fileOf } from "../report/wireshark/synthetic-file.ts";
import { bytes } from "../support/packets.ts";
import { dhcpFrame, dhcpNames } from "./python-dhcp.ts";
import {
  captureOf,
  describeEngine,
  hasModule,
  type Known,
  type Taken,
  take,
} from "./python-engine.ts";

const known: readonly Known[] = [
  {
    captures: ["ipv6-options", "ipv6-addresses"],
    fields: ["ipv6.opt."],
    why: "it passes over padding",
  },
  {
    captures: ["tcp"],
    fields: ["tcp.flags", "tcp.flags.res"],
    why: "it does not show the reserved bits",
  },
  {
    captures: ["odd-tcp"],
    fields: ["tcp.option_kind", "tcp.option_len", "tcp.options.wscale.shift"],
    why: "it reads options behind their end",
  },
  {
    captures: ["ipv4-fragments", "ipv6-fragments"],
    fields: ["udp."],
    why: "it reads the header in a first fragment, which Wireshark shows with the whole datagram",
  },
  {
    captures: ["gre", "erspan", "overlays", "gtp", "gtp-0", "wccp", "teredo", "mpls", "l2tp"],
    fields: ["ip.", "udp.", "eth.", "ppp."],
    why: "it knows nothing of what carries the inner packet",
  },
  {
    captures: ["icmp-errors"],
    fields: ["ip."],
    why: "it does not read what these errors quote",
  },
  {
    captures: ["tags", "llc", "nsh", "fabric-path-group", "odd-frames", "null"],
    fields: ["eth."],
    why: "it knows nothing of the tag before the header, or of what carries the inner frame",
  },
  {
    captures: ["tags"],
    fields: ["ieee8021ad."],
    why: "of two service tags it shows one",
  },
  {
    captures: ["pseudowire"],
    fields: ["mpls."],
    why: "it reads the control word as one more label",
  },
  {
    captures: ["odd-lengths"],
    fields: ["ip.", "ipv6.", "udp."],
    why: "it reads on where a length or version says that there is no such packet",
  },
  {
    captures: ["ipv4-options"],
    fields: ["ip."],
    why: "it does not read options, and so not the destination of a source route",
  },
  {
    captures: ["ppp"],
    fields: ["ppp."],
    why: "it does not know that address and control may be left out",
  },
  {
    captures: ["null"],
    fields: ["null.", "llc."],
    why: "it takes the family for a number of the other byte order, or for a frame",
  },
  {
    captures: ["sll", "sll2"],
    fields: ["sll.etype"],
    why: "Wireshark has other fields for the protocol of hardware other than Ethernet",
  },
  {
    captures: ["stp"],
    fields: ["stp.flags."],
    why: "it does not know the instances of multiple spanning trees",
  },
  {
    captures: ["igmp"],
    fields: ["igmp."],
    why: "it does not know the third version, nor the messages of RFC 988",
  },
  {
    captures: ["sctp"],
    fields: ["sctp."],
    why: "it does not show a chunk behind the first one of another kind",
  },
  {
    captures: ["http-exchanges"],
    fields: ["http."],
    why: "it reads the first message of a segment, and none that began in another",
  },
  {
    captures: ["odd-arp"],
    fields: ["arp."],
    why: "it reads ARP of a kind of network that has another form",
  },
];

describe.skipIf(!hasModule("dpkt"))("the engine dpkt", () => {
  describeEngine(dpktEngine, known);

  it("has Wireshark's names and values for DHCP too", async () => {
    const [{ layers }] = (await take(dpktEngine, captureOf([dhcpFrame()]))) as [Taken];
    expect(layers.chain.join(":")).toBe("Ethernet:IPv4:UDP:DHCP");
    const cells = Object.fromEntries(layers.cells);
    for (const [name, cell] of dhcpNames(["dhcp.option.type"]))
      expect([name, cells[name]]).toEqual([name, cell]);
    // It does not show the end of the options.
    expect(cells["dhcp.option.type"]).toBe("53,12,55");
  });

  it("shows extension headers, tags and labels as layers of their own", async () => {
    const all = async (name: string): Promise<string[]> => {
      const taken = await take(dpktEngine, fileOf(captures.filter((c) => c.name === name)).file);
      return taken.map(({ layers }) => layers.chain.join(":"));
    };
    expect((await all("ipv6-routes"))[0]).toBe("Ethernet:IPv6:IPv6-Route:UDP");
    expect((await all("tags"))[0]).toBe("Ethernet:VLAN:IPv4:UDP");
    expect((await all("mpls"))[0]).toBe("Ethernet:MPLS:MPLS:IPv4:UDP");
  });

  it("says of VRRP what Wireshark says, which we do not take apart", async () => {
    const frame = bytes(
      "01005e000012 00005e000107 0800 4500001c 00000000 ff70 0000 c0000201 e0000012 21076401 0001 dd9c",
    );
    const [{ layers }] = (await take(dpktEngine, captureOf([frame]))) as [Taken];
    expect(layers.chain.at(-1)).toBe("VRRP");
    expect(Object.fromEntries(layers.cells)).toMatchObject({
      "vrrp.type": "1",
      "vrrp.virt_rtr_id": "7",
      "vrrp.prio": "100",
      "vrrp.addr_count": "1",
    });
  });
});
