import { describe, expect, it } from "vitest";
import { tcp } from "../../../src/protocols/transport/tcp.ts";
import { optionNames } from "../../../src/report/wireshark/tcp-options.ts";
import { cellsOf } from "./cells.ts";

/** An acknowledgment of 101: the other side counts from 100. */
const header = (offset: string): string =>
  `03e8 07d0 00000001 00000065 ${offset}010 ffff 0000 0000`;

describe("Wireshark's fields of TCP options", () => {
  it("counts SACK blocks from the other side's start, and knows duplicate ones", () => {
    expect(
      cellsOf(
        `${header("b")} 0101 0512 00000064 00000065 000000c8 000000d2 0101`,
        tcp,
        ...optionNames,
      ),
    ).toEqual({
      "tcp.nop": "1",
      "tcp.option_kind": "1,1,5,1,1",
      "tcp.options.sack.count": "2",
      "tcp.options.sack.dsack": "1",
      "tcp.options.sack.dsack_le": "0",
      "tcp.options.sack.dsack_re": "1",
      "tcp.options.sack_le": "0,100",
      "tcp.options.sack_re": "1,110",
    });
  });

  it("shows zero bytes after the end mark as further ones", () => {
    expect(cellsOf(`${header("7")} 030307 00 00000500`, tcp, ...optionNames)).toEqual({
      "tcp.non_zero_bytes_after_eol": "1",
      "tcp.option_kind": "3,0,0,0",
      "tcp.options.eol": "00,00,00",
      "tcp.options.wscale.multiplier": "128",
    });
  });

  it("remarks wrong lengths and requests for fast open", () => {
    expect(cellsOf(`${header("7")} 0206 05b40000 2202`, tcp, ...optionNames)).toEqual({
      "tcp.option.len.invalid": "1",
      "tcp.option_kind": "2,34",
      "tcp.options.tfo.request": "1",
    });
  });
});
