import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { assemble } from "../../../src/packet/assemble.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { valuesOf } from "../../../src/packet/values.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { dccp } from "../../../src/protocols/transport/dccp.ts";
import { dccpOption } from "../../../src/protocols/transport/dccp-options.ts";

const dissector = createDissector([ipv4, dccp]);
/** A request with long sequence numbers, service code 8, and options: change L, NDP count, padding. */
const request = "0005 0006 07 00 1234 01 00 000000000007 00000008 20040102 2503 09 00";

describe("DCCP", () => {
  it("reads a request and its options", () => {
    const bytes = parseHex(request);
    const packet = dissector.dissect(bytes, dccp);
    const view = packet.require(dccp);
    if (view.is !== "request") throw new Error("no request");
    expect(view).toMatchObject({
      extended: true,
      seq: 7,
      shortSeq: undefined,
      serviceCode: 8,
      dataOffset: 7,
    });
    expect(view.options.map((o) => o.is)).toEqual(["changeL", "ndpCount8", "padding"]);
    const { schema } = packet.bottom;
    expect(assemble([{ schema, values: valuesOf(packet.bottom) }]).bytes).toEqual(bytes);
  });

  it("reads short sequence numbers", () => {
    const view = dissector
      .dissect(parseHex("0005 0006 04 00 0000 06 000005 00 000006"), dccp)
      .require(dccp);
    expect(view).toMatchObject({
      is: "ack",
      extended: false,
      shortSeq: 5,
      shortAck: 6,
      seq: undefined,
    });
  });

  it("computes offset, type and the checksum over what is covered", () => {
    const ip = ipv4({ src: "10.0.0.1", dst: "10.0.0.2" });
    const packet = (text: string) =>
      build(
        ip,
        dccp.dataAck({ seq: 5, ack: 6, checksumCoverage: 1, options: [dccpOption.slowReceiver()] }),
        text,
      );
    const view = packet("data").require(dccp);
    expect(view).toMatchObject({ type: 4, dataOffset: 7 });
    expect(packet("DATA").require(dccp).checksum).toBe(view.checksum);
    expect(packet("data").require(ipv4).protocol).toBe(33);
  });

  it("leaves out what is cut", () => {
    const packet = dissector.dissect(parseHex(request).subarray(0, 20), dccp);
    expect(packet.error?.kind).toBe("truncated");
  });
});
