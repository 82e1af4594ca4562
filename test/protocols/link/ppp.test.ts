import { describe, expect, it } from "vitest";
import { formatHex, parseHex } from "../../../src/bytes/hex.ts";
import { assemble } from "../../../src/packet/assemble.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { valuesOf } from "../../../src/packet/values.ts";
import { chdlc } from "../../../src/protocols/link/chdlc.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { chap, pap } from "../../../src/protocols/link/ppp/authentication.ts";
import { ipcp, ipcpOption, ipv6cp } from "../../../src/protocols/link/ppp/ipcp.ts";
import { lcp } from "../../../src/protocols/link/ppp/lcp.ts";
import { lcpOption } from "../../../src/protocols/link/ppp/lcp-options.ts";
import { multilink } from "../../../src/protocols/link/ppp/multilink.ts";
import { ppp } from "../../../src/protocols/link/ppp/ppp.ts";
import { pppoe } from "../../../src/protocols/link/pppoe.ts";
import { pppoeDiscovery, pppoeTag } from "../../../src/protocols/link/pppoe-discovery.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import type { AnyProtocol } from "../../../src/schema/protocol.ts";

const dissector = createDissector([
  ethernet,
  pppoe,
  pppoeDiscovery,
  ppp,
  lcp,
  ipcp,
  ipv6cp,
  pap,
  chap,
  multilink,
  chdlc,
  ipv4,
]);
const read = (hex: string, first: AnyProtocol = ppp) => dissector.dissect(parseHex(hex), first);
const ip = "45000014 00010000 40110000 0a000001 0a000002";

describe("PPP", () => {
  it.each([
    [`ff03 0021 ${ip}`, { address: 0xff, control: 3, protocol: 0x21 }],
    [`ff03 21 ${ip}`, { address: 0xff, protocol: undefined, compressedProtocol: 0x21 }],
    [`0021 ${ip}`, { address: undefined, protocol: 0x21 }],
    [`21 ${ip}`, { protocol: undefined, compressedProtocol: 0x21 }],
  ])("reads %s", (hex, expected) => {
    const packet = read(hex);
    expect(packet.require(ppp)).toMatchObject(expected);
    expect(String(packet.chain)).toBe("PPP:IPv4");
  });

  it("knows Cisco's framing, and gives it back as it was", () => {
    const packet = read(`0f000800 ${ip}`);
    expect(String(packet.chain)).toBe("PPP:C-HDLC:IPv4");
    const parts = packet.layers.map((l) => ({ schema: l.schema, values: valuesOf(l) }));
    expect(assemble(parts).bytes).toEqual(packet.data);
  });

  it("writes framing and compressed protocols only where they are given", () => {
    const four = ipv4({ src: "10.0.0.1", dst: "10.0.0.2" });
    const start = (values: Parameters<typeof ppp>[0]) =>
      formatHex(build(ppp(values), four).bytes().subarray(0, 4));
    expect(start({})).toBe("00214500");
    expect(start({ address: 0xff })).toBe("ff030021");
    expect(start({ compressedProtocol: 0x21 })).toBe("21450000");
  });

  it("is cut off anywhere without throwing", () => {
    expect(read("").error).toMatchObject({ kind: "truncated" });
    expect(read("ff").error).toMatchObject({ kind: "truncated" });
    expect(read("ff0300").error).toMatchObject({ kind: "truncated" });
  });

  it("reads fragments of multilink", () => {
    const view = read("ff03 3d 84 000102 ffff").require(multilink);
    expect(view).toMatchObject({ first: true, last: false, class: 1, seq: 258 });
  });
});

describe("LCP", () => {
  it("reads configuration options", () => {
    const view = read("c021 01 01 0017 0104 05d4 0305 c22305 0506 01fccbfb 0702 0802").require(lcp);
    if (view.is !== "configureRequest") throw new Error("no request");
    expect(view.options.map((o) => o.is)).toEqual([
      "maximumReceiveUnit",
      "authenticationProtocol",
      "magicNumber",
      "protocolFieldCompression",
      "addressAndControlFieldCompression",
    ]);
    expect(view.options[1]).toMatchObject({ protocol: 0xc223, algorithm: 5 });
  });

  it("builds options with their lengths", () => {
    const packet = build(
      ppp(),
      lcp.configureRequest({
        identifier: 1,
        options: [
          lcpOption.maximumReceiveUnit({ mru: 1492 }),
          lcpOption.endpointDiscriminator({
            discriminator: { is: "mac", mac: "02:00:00:00:00:01" },
          }),
          lcpOption.asyncControlCharacterMap({ map: { dc1: true, dc3: true } }),
        ],
      }),
    );
    expect(formatHex(packet.bytes())).toBe(
      "c0210101001701 0405d4 130903020000000001 0206000a0000".replaceAll(" ", ""),
    );
  });

  it("reads a rejected packet as its protocol", () => {
    const packet = read(`c021 08 01 001a 0021 ${ip}`);
    expect(String(packet.chain)).toBe("PPP:LCP:IPv4");
  });

  it("keeps unknown and malformed options", () => {
    const unknown = read("c021 01 01 0008 c8040102").require(lcp);
    expect(unknown.is === "configureRequest" && unknown.options[0]).toMatchObject({
      is: "unknown",
      type: 200,
    });
    const wrong = read("c021 01 01 0008 05000102");
    expect(wrong.require(lcp).is).toBe("configureRequest");
  });

  it("leaves padding behind its length alone", () => {
    const packet = read("c021 09 01 0008 01020304 00000000");
    expect(packet.require(lcp)).toMatchObject({ is: "echoRequest", magic: 0x01020304 });
  });
});

describe("the other control protocols", () => {
  it("IPCP", () => {
    const packet = build(
      ppp(),
      ipcp.configureNak({
        options: [
          ipcpOption.ipAddress({ address: "192.0.2.1" }),
          ipcpOption.compressionProtocol({
            compression: { is: "vanJacobson", maxSlotId: 15, compressSlotId: true },
          }),
        ],
      }),
    );
    expect(formatHex(packet.bytes())).toBe("8021030000100306c00002010206002d0f01");
    const view = dissector.dissect(packet.bytes(), ppp).require(ipcp);
    expect(view.is === "configureNak" && view.options[1]).toMatchObject({
      is: "compressionProtocol",
    });
  });

  it("IPv6CP", () => {
    const view = read("8057 01 01 000e 010a c8010efffe880008").require(ipv6cp);
    expect(view.is === "configureRequest" && view.options[0]).toMatchObject({
      identifier: "c8:01:0e:ff:fe:88:00:08",
    });
  });

  it("PAP and CHAP", () => {
    const request = build(ppp(), pap.request({ peerId: "me", password: "secret" }));
    expect(formatHex(request.bytes())).toBe("c0230100000e026d6506736563726574");
    const challenge = read("c223 01 07 0009 02 0102 6973").require(chap);
    expect(challenge).toMatchObject({ is: "challenge", name: "is" });
    expect(read("c223 03 07 0007 796573").require(chap)).toMatchObject({ message: "yes" });
  });
});

describe("PPPoE", () => {
  it("carries PPP as far as its length says", () => {
    const packet = read(`1100 0017 000a c021 096a 0008 a4cbea34 ${"00".repeat(20)}`, pppoe);
    expect(packet.require(pppoe)).toMatchObject({
      version: 1,
      type: 1,
      sessionId: 0x17,
      length: 10,
    });
    expect(packet.require(lcp)).toMatchObject({ is: "echoRequest", magic: 0xa4cbea34 });
    const built = build(ethernet(), pppoe({ sessionId: 1 }), ppp(), lcp.echoReply({ magic: 1 }));
    expect(formatHex(built.bytes().subarray(12))).toBe("886411000001000ac0210a00000800000001");
  });

  it("has tags when discovering", () => {
    const view = read("1109 0000 000c 0101 0000 0103 0004 64138518 0000", pppoeDiscovery);
    const { tags } = view.require(pppoeDiscovery);
    expect(tags.map((t) => t.is)).toEqual(["serviceName", "hostUniq"]);
    expect(tags[0]).toMatchObject({ value: "" });
  });

  it("reads and builds the tag of the Broadband Forum", () => {
    const packet = build(
      pppoeDiscovery({
        code: 9,
        tags: [
          pppoeTag.vendorSpecific({
            vendor: 3561,
            line: [
              { is: "agentCircuitId", value: "a 1" },
              { is: "actualRateUp", value: 1024 },
            ],
          }),
          pppoeTag.endOfList(),
        ],
      }),
    );
    expect(formatHex(packet.bytes())).toBe(
      "11090000001701 05000f00000de90103612031810400000400 00000000".replaceAll(" ", ""),
    );
    const tag = dissector.dissect(packet.bytes(), pppoeDiscovery).require(pppoeDiscovery).tags[0];
    expect(tag?.is === "vendorSpecific" && tag.line.map((l) => l.is)).toEqual([
      "agentCircuitId",
      "actualRateUp",
    ]);
  });

  it("stops at a tag that does not fit", () => {
    const packet = read("1109 0000 0008 0101 0010 01020304", pppoeDiscovery);
    expect(packet.require(pppoeDiscovery).tags).toEqual([]);
    expect(packet.error).not.toBeNull();
  });
});
