import { describe, expect, it } from "vitest";
import { captures } from "../../scripts/synthetic/index.mjs";
import { shapeOf } from "../../src/extract/engines/python-shape.ts";
import {
  type Foreign,
  ForeignStack,
  ForeignTable,
  parseAnswer,
} from "../../src/extract/engines/python-values.ts";
import { scapyEngine } from "../../src/extract/engines/scapy.ts";
import { build } from "../../src/packet/build.ts";
import { dns } from "../../src/protocols/application/dns/dns.ts";
import { dnsTcp } from "../../src/protocols/application/dns/tcp.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { frameContent } from "../../src/report/frame.ts";
import { fileOf } from "../report/wireshark/synthetic-file.ts";
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
    captures: ["tcp-options", "tcp-options-odd", "tcp-analysis", "odd-tcp"],
    fields: ["tcp.option_kind"],
    why: "of the zeros behind the end of the options it shows the first only",
  },
  {
    captures: ["tcp-analysis"],
    fields: ["tcp.options.tfo.cookie"],
    why: "it does not know the experimental form of Fast Open",
  },
  {
    captures: ["odd-tcp"],
    fields: ["tcp.option_len"],
    why: "it does not say what length an option gave, and this one lies",
  },
  {
    captures: ["ipv4-fragments", "ipv6-fragments"],
    fields: ["udp."],
    why: "it reads the header in a first fragment, which Wireshark shows with the whole datagram",
  },
  {
    captures: ["gre", "erspan", "overlays", "gtp", "gtp-0", "wccp", "teredo"],
    fields: ["ip.", "udp.", "eth."],
    why: "it knows nothing of what carries the inner packet",
  },
  {
    captures: ["tags", "llc", "nsh", "mpls", "pseudowire", "fabric-path-group", "odd-frames"],
    fields: ["eth."],
    why: "it knows nothing of the tag before the header, or of what carries the inner frame",
  },
  {
    captures: ["tags"],
    fields: ["ieee8021ad.id", "ieee8021ah.etype"],
    why: "Wireshark has other fields for a service tag that another one follows",
  },
  {
    captures: ["odd-lengths", "null", "loop"],
    fields: ["ip.", "ipv6.", "udp."],
    why: "it reads on where a length or version says that there is no such packet",
  },
  {
    captures: ["null", "loop"],
    fields: ["null."],
    why: "it reads the family in one byte order, and all else as a family",
  },
  {
    captures: ["ipv4-options"],
    fields: ["ip.opt."],
    why: "it reads one stamp of the time option, and options that are shorter than they should be",
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
    captures: ["l2tp", "l2tp-proxy", "l2tp-unknown"],
    fields: ["ppp.protocol"],
    why: "it reads control messages as if they were data",
  },
  {
    captures: ["pppoe"],
    fields: ["pppoed.tag.unknown_data"],
    why: "the bytes of a tag that Wireshark knows are not told from others in its place",
  },
  {
    captures: ["mld"],
    fields: ["icmpv6.mldr."],
    why: "it counts auxiliary data in bytes, not in words (RFC 3810 §5.2.6)",
  },
  {
    captures: ["nd-options"],
    fields: ["icmpv6.opt."],
    why: "it takes every link-layer address for six bytes, and what is left for another option",
  },
  {
    captures: ["sctp"],
    fields: ["sctp."],
    why: "it does not read what an unrecognized parameter holds, nor a chunk of another kind behind",
  },
  {
    captures: ["dns"],
    fields: ["dns.resp.len"],
    why: "it keeps no length of data that it decompressed",
  },
  {
    captures: ["odd-dns"],
    fields: ["dns.resp.name"],
    why: "it passes over a record that is cut",
  },
  {
    captures: ["dns-security"],
    fields: ["dns.resp.type"],
    why: "Wireshark shows the types that a record lists in the field of the record's own",
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

describe("an answer of the bridge", () => {
  it("has bytes, big numbers, tables and packets inside packets", () => {
    const line =
      '{"layers":[["A",{"b":{"x":"0aff"},"n":{"n":"18446744073709551615"},"__proto__":1,' +
      '"t":{"d":[["k",[true,null]]]},"p":{"p":[["B",{"c":"text"}]]}}]],"raw":{"x":"00"},"error":"E: why"}';
    const { layers, raw, error } = parseAnswer(line);
    expect(layers[0]!.name).toBe("A");
    expect(layers[0]!.fields).toEqual(
      new Map<string, unknown>([
        ["b", Uint8Array.of(0x0a, 0xff)],
        ["n", 0xffff_ffff_ffff_ffffn],
        ["__proto__", 1],
        ["t", new ForeignTable([["k", [true, null]]])],
        ["p", new ForeignStack([{ name: "B", fields: new Map([["c", "text"]]) }])],
      ]),
    );
    expect([raw, error]).toEqual([Uint8Array.of(0), "E: why"]);
  });

  it.each(["", "[]", "{}", '{"layers":[[1,{}]]}', '{"layers":[["A",{"b":{"z":1}}]]}', "{"])(
    "is refused where it is none: %s",
    (line) => {
      expect(() => parseAnswer(line)).toThrow();
    },
  );

  it("without a declaration becomes content under the package's own names", () => {
    const fields = new Map<string, Foreign>([["t", new ForeignTable([["k", 1]])]]);
    const shown = shapeOf(
      {
        layers: [
          { name: "Own", fields },
          { name: "Raw", fields: new Map([["load", Uint8Array.of(7)]]) },
        ],
        raw: null,
        error: null,
      },
      new Map(),
    );
    expect(shown.chain).toEqual(["Own"]);
    expect(shown.content.get("Own")).toEqual(
      new Map<string, unknown>([
        ["t", new Map([["k", 1]])],
        [
          "raw",
          new Map<string, unknown>([
            ["protocol", null],
            ["error", null],
            ["packet", Uint8Array.of(7)],
          ]),
        ],
      ]),
    );
    expect(shown.cells.size).toBe(0);
  });
});

describe.skipIf(!hasModule("scapy"))("the engine scapy", () => {
  describeEngine(scapyEngine, known);

  it.each([
    ["arp", [0]],
    ["dns", [0]],
    ["udp", [0]],
    ["icmp-questions", [0, 1]],
    ["icmpv6-echo", [0, 1]],
    ["nd", [0, 2]],
  ] as const)("says of packets in %s just what we say", async (name, which) => {
    const one = captures.filter((capture) => capture.name === name);
    const taken = await take(scapyEngine, fileOf(one).file);
    for (const at of which) {
      const { packet, layers } = taken[at]!;
      const { content } = layers;
      const key = [...content.keys()].find((k) => k !== "trailer")!;
      expect(layers.chain.join(":")).toBe(String(packet.chain));
      expect(withoutTail(content.get(key))).toEqual(
        withoutTail(frameContent(packet, null).get(key)),
      );
    }
  });

  it("shows the length before a message of DNS over TCP as we do", async () => {
    const frame = build(
      ethernet(),
      ipv4({ src: "192.0.2.1", dst: "198.51.100.2" }),
      tcp({ srcPort: 50_000, dstPort: 53 }),
      dnsTcp(),
      dns({ id: 7, questions: [{ name: "example.com", type: 1, class: 1 }] }),
    ).bytes();
    const [{ packet, layers }] = (await take(scapyEngine, captureOf([frame]))) as [Taken];
    expect(layers.chain.join(":")).toBe(String(packet.chain));
    expect(layers.content.get("ethernet")).toEqual(frameContent(packet, null).get("ethernet"));
    expect(layers.cells.get("dns.length")).toBe("29");
  });

  it("shows what has no declaration under its own names", async () => {
    const [one] = await take(scapyEngine, fileOf(captures.filter((c) => c.name === "l2tp")).file);
    expect(one!.layers.chain.join(":")).toContain("Ethernet:IPv4:UDP:L2TP");
  });

  it("has Wireshark's names and values for DHCP too", async () => {
    const [{ layers }] = (await take(scapyEngine, captureOf([dhcpFrame()]))) as [Taken];
    expect(layers.chain.join(":")).toBe("Ethernet:IPv4:UDP:DHCP");
    const cells = Object.fromEntries(layers.cells);
    for (const [name, cell] of dhcpNames(["dhcp.option.length", "dhcp.option.value"]))
      expect([name, cells[name]]).toEqual([name, cell]);
  });
});

/** Padding behind the payload has several names; what lies above raw bytes does not matter here. */
function withoutTail(content: unknown): unknown {
  if (!(content instanceof Map)) return content;
  const kept = [...content].filter(([key]) => !["padding", "trailer", "fcs"].includes(key));
  return new Map(kept.map(([key, value]) => [key, withoutTail(value)]));
}
