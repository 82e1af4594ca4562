import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { CaptureError } from "../../src/files/errors.ts";
import { type DescribedNode, describePacket } from "../../src/packet/describe.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { valuesOf } from "../../src/packet/values.ts";
import { verifyPacket } from "../../src/packet/verify.ts";
import { all } from "../../src/protocols/all.ts";
import { frameContent } from "../../src/report/frame.ts";
import { JsonReport } from "../../src/report/json/document.ts";
import { frameText } from "../../src/report/json/frame.ts";
import { jsonSchema } from "../../src/report/json/schema.ts";
import { jsonText } from "../../src/report/json/text.ts";
import { stackFromJson } from "../../src/report/json/values.ts";
import { TreeReport } from "../../src/report/tree/report.ts";
import { realCaptures } from "../support/corpus.ts";
import { checkSchema } from "./check-schema.ts";
import { strictJson } from "./strict-json.ts";

const corpus = realCaptures("reports of real captures");

/** Options, tunnels, names, extension headers, several sections, damaged and cut frames. */
const captures = [
  "PcapPlusPlus/Tests/Packet++Test/PacketExamples/TcpPacketWithOptions2.pcap",
  "dpkt/examples/data/dns_icmp.pcap",
  "dpkt/examples/data/http.pcap",
  "gopacket/pcapgo/tests/le/test004.pcapng",
  "libpcap/tests/filter/ipv6_ext_headers.pcap",
  "tcpdump/tests/bgp-enhanced-route-refresh-subtype.pcapng",
  "tcpdump/tests/icmp-cksum-oobr-3.pcapng",
  "tcpdump/tests/icmpv6_nodeinfo_queryipv6.pcap",
  "tcpdump/tests/mptcp-tcprst.pcap",
  "zeek/testing/btest/Traces/dns/dns-corrupt.pcap",
  "zeek/testing/btest/Traces/ftp/ipv4.pcap",
  "zeek/testing/btest/Traces/tcp/truncated-header.pcap",
  "zeek/testing/btest/Traces/tls/smtp-starttls.pcap",
];

/** Frames looked at of one capture. */
const MOST = 300;

const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(join(corpus!, name)));

function packetsOf(name: string, use: (packet: Packet) => void): number {
  let n = 0;
  try {
    for (const packet of openCapture(bytesOf(name))) {
      if (n === MOST) break;
      n++;
      use(packet);
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  return n;
}

const leaves = (node: DescribedNode): number =>
  node.children.length === 0
    ? node.end - node.start
    : node.children.reduce((sum, c) => sum + leaves(c), 0);

describe.skipIf(corpus === undefined)("reports of the corpus (WIRECRAFT_CORPUS)", () => {
  const schema = jsonSchema(all);

  it.each(captures)("%s: every frame is right, in every form", (name) => {
    const count = packetsOf(name, (packet) => {
      const frame = strictJson(`{${frameText(packet, "pcap")}}`);
      expect(frame).toEqual(JSON.parse(jsonText(frameContent(packet, "pcap"))));
      expect(checkSchema(schema, { version: 1, ...(frame as object) })).toEqual([]);
      const stack = stackFromJson(frame, all);
      packet.layers.forEach((layer, i) => {
        const { rest, ...values } = valuesOf(layer);
        // Of a declaration without parts an empty rest says nothing, and is not written.
        const said =
          rest !== undefined && layer.schema.placed.length > 0 ? { ...values, rest } : values;
        expect((stack[i] as { values: unknown }).values).toEqual(said);
      });
      expect(leaves(describePacket(packet))).toBe(packet.length * 8);
      for (const { status, computed } of verifyPacket(packet))
        expect(status === "unverified").toBe(computed === null);
      expect(new TreeReport().packet(packet)).toMatch(/^Frame \d+\n/);
    });
    expect(count).toBeGreaterThan(0);
  });

  it("is a right document with all its blocks", () => {
    for (const name of captures.filter((c) => c.endsWith(".pcapng"))) {
      const report = new JsonReport();
      let text = report.start();
      const onBlock = (block: Parameters<NonNullable<typeof report.block>>[0]): void => {
        text += report.block!(block);
      };
      const capture = openCapture(bytesOf(name), { onBlock });
      for (const packet of capture) text += report.packet(packet, capture.optionsOf(packet));
      text += report.end();
      expect(checkSchema(schema, strictJson(text))).toEqual([]);
    }
  });
});
