import { describe, expect, it } from "vitest";
import { sctp } from "../../../src/protocols/transport/sctp/sctp.ts";
import { cellsOf } from "./cells.ts";

describe("Wireshark's fields of SCTP", () => {
  it("counts from the first number of a direction, and shows padding", () => {
    const names = ["sctp.data_tsn", "sctp.chunk_padding", "sctp.assoc_index"];
    const chunk = (tsn: string): string => `0003 0011 ${tsn} 0000 0000 00000000 41 000000`;
    const text = `03e8 07d0 00000001 00000000 ${chunk("00000064")} ${chunk("00000065")}`;
    expect(cellsOf(text, sctp, ...names)).toEqual({
      "sctp.assoc_index": "65535",
      "sctp.chunk_padding": "000000,000000",
      "sctp.data_tsn": "0,1",
    });
  });
});
