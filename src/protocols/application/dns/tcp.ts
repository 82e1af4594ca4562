import { readU16 } from "../../../bytes/numbers.ts";
import { u16 } from "../../../schema/field.ts";
import { protocol } from "../../../schema/protocol.ts";
import { tcpPorts } from "../../transport/tcp.ts";
import { dns } from "./dns.ts";

/** Bytes of a DNS header: no message is shorter. */
const SHORTEST = 12;

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
  test(bytes, start, end) {
    const length = end - start < 2 ? 0 : readU16(bytes, start);
    return length >= SHORTEST && start + 2 + length <= end;
  },
})
  .fields({ length: u16("Length") })
  .payload({ length: { field: "length" }, next: dns });
