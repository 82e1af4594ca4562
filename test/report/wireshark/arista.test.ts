import { describe, expect, it } from "vitest";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { cellsOf } from "./cells.ts";

const addresses = "020000000002 020000000003 d28b";
const inner = "45000014000000004000fd00c0000201c0000202";
const names = [
  ...["frame.protocols", "avsp.ver", "avsp.64ts", "avsp.64sec", "avsp.48ts", "avsp.48sec"],
  ...["avsp.etype", "avsp.ts.unknown_version", "avsp.trailer", "eth.padding", "ip.src"],
];

describe("Arista's timestamps", () => {
  it("have a heading each", () => {
    const wide = cellsOf(
      `${addresses} 0001 0110 00000005 00000006 0800 ${inner}`,
      ethernet,
      ...names,
    );
    expect(wide).toEqual({
      "frame.protocols": "eth:ethertype:avsp:ethertype:ip",
      "avsp.ver": "0x0110",
      "avsp.64ts": "1",
      "avsp.64sec": "5",
      "avsp.etype": "0x0800",
      "ip.src": "192.0.2.1",
    });
    const narrow = cellsOf(
      `${addresses} 0001 0020 0005 00000006 0800 ${inner}`,
      ethernet,
      ...names,
    );
    expect(narrow).toMatchObject({ "avsp.48ts": "1", "avsp.48sec": "5", "ip.src": "192.0.2.1" });
    expect(narrow).not.toHaveProperty("avsp.64ts");
  });

  it.each(["0011", "0111", "0121", "0210", "0030", "0000"])(
    "of version %s end what Wireshark shows of the frame, padding too",
    (version) => {
      const frame = `${addresses} 0001 ${version} 00000005 00000006 0800 ${inner} ${"00".repeat(20)}`;
      expect(cellsOf(frame, ethernet, ...names)).toEqual({
        "frame.protocols": "eth:ethertype:avsp",
        "avsp.ver": `0x${version}`,
        "avsp.ts.unknown_version": "1",
      });
    },
  );

  it("leave padding to the frame and the rest behind it to their header", () => {
    const frame = `${addresses} 0001 0010 00000005 00000006 0800 ${inner}`;
    expect(cellsOf(`${frame} ${"00".repeat(13)}`, ethernet, ...names)).toMatchObject({
      "avsp.trailer": "00",
      "eth.padding": "00".repeat(12),
    });
  });
});
