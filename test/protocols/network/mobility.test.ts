import { describe, expect, it } from "vitest";
import { checksum16, foldSum, sum16 } from "../../../src/bytes/checksum.ts";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build, type Stackable } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { hip } from "../../../src/protocols/network/hip.ts";
import { hipParameter } from "../../../src/protocols/network/hip-parameters.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";
import { mipv6 } from "../../../src/protocols/network/mipv6.ts";
import { mipv6Option } from "../../../src/protocols/network/mipv6-options.ts";
import { shim6 } from "../../../src/protocols/network/shim6.ts";
import { shim6Option } from "../../../src/protocols/network/shim6-options.ts";

const dissector = createDissector([ipv6, mipv6, hip, shim6]);
const ip = ipv6({ src: "2001:db8::1", dst: "2001:db8::2" });
const again = (...stack: Stackable[]) => dissector.dissect(build(ip, ...stack).bytes(), ipv6);

describe("Mobility Header", () => {
  it("reads a binding update", () => {
    const cut = dissector.dissect(parseHex("3b03 0500 abcd 0074 c000 0384"), mipv6);
    expect(cut.error).toMatchObject({ kind: "truncated", field: "header", needed: 32 });
    const whole = dissector
      .dissect(
        parseHex("3b03 0500 abcd 0074 c000 0384 0310 20010db8000000000000000000000007 0100"),
        mipv6,
      )
      .require(mipv6.bindingUpdate);
    expect(whole).toMatchObject({ seq: 116, a: true, h: true, l: false, lifetime: 900 });
    expect(whole.options[0]).toMatchObject({ is: "alternateCareOf", address: "2001:db8::7" });
    expect(whole.options[1]?.is).toBe("padN");
  });

  it("builds messages with length, padding and checksum", () => {
    const packet = build(
      ip,
      mipv6.bindingAcknowledgement({
        status: 1,
        options: [mipv6Option.mobileNodeIdentifier({ subtype: 1, identifier: "a@b" })],
      }),
    );
    expect(packet.require(ipv6).nextHeader).toBe(135);
    expect(packet.require(mipv6)).toMatchObject({ type: 6, len: 2, payloadProtocol: 59 });
    const bytes = packet.bytes();
    expect(foldSum(sum16(bytes, 40, 64, sum16(bytes, 8, 40, 135 + 24)))).toBe(0);
  });

  it("has identifiers of a node as what they are", () => {
    const address = "2001:db8::7";
    const data = parseHex("00112233");
    const { options } = again(
      mipv6.bindingRefreshRequest({
        options: [
          mipv6Option.mobileNodeIdentifier({ subtype: 1, identifier: "a@b" }),
          mipv6Option.mobileNodeIdentifier({ address }),
          mipv6Option.mobileNodeIdentifier({ subtype: 3, data }),
        ],
      }),
    ).require(mipv6.bindingRefreshRequest);
    expect(options.slice(0, 3)).toMatchObject([
      { subtype: 1, identifier: "a@b", address: undefined, data: undefined },
      { subtype: 2, identifier: undefined, address, data: undefined },
      { subtype: 3, identifier: undefined, address: undefined, data },
    ]);
  });

  it("tells the two revocation messages apart", () => {
    const message = again(mipv6.bindingRevocation({ revocation: 2, status: 3, p: true }));
    expect(message.require(mipv6)).toMatchObject({
      is: "revocationAcknowledgement",
      status: 3,
      p: true,
    });
  });

  it("keeps messages and options that nobody knows", () => {
    const message = again(mipv6({ type: 77, data: parseHex("0102") })).require(mipv6);
    expect(message.is === "unknown" && [...message.data!]).toEqual([1, 2]);
    const { options } = again(
      mipv6.bindingRefreshRequest({
        options: [mipv6Option({ type: 200, data: parseHex("0102") })],
      }),
    ).require(mipv6.bindingRefreshRequest);
    expect(options[0]?.is === "unknown" && [...options[0].data!]).toEqual([1, 2]);
  });
});

describe("HIP", () => {
  it("starts parameters at multiples of eight bytes", () => {
    const packet = build(
      ip,
      hip({
        type: 1,
        sender: "2001:20::1",
        receiver: "2001:20::2",
        parameters: [
          hipParameter.ack({ ids: [{ id: 4 }, { id: 5 }] }),
          hipParameter.hipCipher({ ciphers: [{ id: 2 }] }),
          hipParameter.echoRequestSigned({ data: parseHex("01") }),
        ],
      }),
    );
    expect(packet.require(hip)).toMatchObject({ version: 2, len: 8, fixed2: 1 });
    expect(packet.length).toBe(40 + 72);
    const view = dissector.dissect(packet.bytes(), ipv6).require(hip);
    expect(view.parameters.map((p) => [p.is, p.length])).toEqual([
      ["ack", 8],
      ["hipCipher", 2],
      ["echoRequestSigned", 1],
    ]);
    expect(view.sender).toBe("2001:20::1");
  });

  it("reads a host identity by its algorithm", () => {
    const rsa = hipParameter.hostId({
      algorithm: 5,
      identity: { exponentLength: 3, exponent: parseHex("010001"), modulus: new Uint8Array(16) },
      domainType: 1,
      domain: "host",
    });
    const [host] = again(hip({ parameters: [rsa] })).require(hip).parameters;
    if (host?.is !== "hostId") throw new Error("no host identity");
    expect(host).toMatchObject({ identityLength: 20, domainLength: 4, domain: "host" });
    expect(host.identity?.modulus).toHaveLength(16);
    expect(host.identity?.q).toBeUndefined();
  });

  it("ends the list at a parameter that does not fit", () => {
    const packet = again(hip({ rest: parseHex("0243 00ff 0000 0000") }));
    expect(packet.require(hip).parameters).toEqual([]);
    expect(packet.error?.field).toBe("parameters");
  });
});

describe("Shim6", () => {
  it("reads a control message with its options", () => {
    const message = shim6.r1({
      initiatorNonce: 6,
      responderNonce: 7,
      options: [
        shim6Option.responderValidator({ validator: parseHex("0102030405") }),
        shim6Option.forkedInstance({ id: 4 }),
      ],
    });
    const packet = build(ip, message);
    expect(checksum16(packet.bytes(), 40, packet.length)).toBe(0);
    const view = dissector.dissect(packet.bytes(), ipv6).require(shim6.r1);
    expect(view).toMatchObject({ nextHeader: 59, len: 4, type: 2, responderNonce: 7 });
    expect(view.options.map((o) => [o.is, o.length])).toEqual([
      ["responderValidator", 5],
      ["forkedInstance", 4],
    ]);
  });

  it("takes every type with the highest bit set for a payload header", () => {
    const packet = dissector.dissect(parseHex("3b00 8a 0102030405"), shim6);
    expect(packet.require(shim6).is).toBe("payload");
  });
});
