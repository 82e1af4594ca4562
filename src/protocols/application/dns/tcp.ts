import { readU16 } from "../../../bytes/numbers.ts";
import { u16 } from "../../../schema/field.ts";
import { protocol } from "../../../schema/protocol.ts";
import { tcpPorts } from "../../transport/tcp.ts";
import { dns } from "./dns.ts";

/** Bytes of a header, and the least of a question and of a record, whose name may be the root. */
const HEADER = 12;
const QUESTION = 5;
const RECORD = 11;

/** Whether a length is here, the message after it is whole, and what it counts fits into it. */
function isWhole(bytes: Uint8Array, start: number, end: number): boolean {
  const message = start + 2;
  if (end - message < HEADER) return false;
  const length = readU16(bytes, start);
  if (length < HEADER || message + length > end) return false;
  const records =
    readU16(bytes, message + 6) + readU16(bytes, message + 8) + readU16(bytes, message + 10);
  return HEADER + readU16(bytes, message + 4) * QUESTION + records * RECORD <= length;
}

/**
 * The length before a DNS message in a TCP stream (RFC 1035 §4.2.2, RFC 7766 §8). This is for segments that begin with a
 * length and have the whole message, as most do; streams in general are for who reads them in order.
 */
export const dnsTcp = protocol({
  name: "dnsTcp",
  label: "DNS-TCP",
  title: "DNS over TCP",
  spec: "RFC 7766 §8",
  filter: "dns",
  over: [tcpPorts.at(53)],
  test: isWhole,
})
  .fields({ length: u16("Length") })
  .payload({ length: { field: "length" }, next: dns });
