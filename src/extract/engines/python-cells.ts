import type { CaptureOrigin } from "../../capture/collector.ts";
import type { Packet } from "../../packet/packet.ts";
import { codeOf } from "../../report/wireshark/icmpv6-options.ts";
import type { Values } from "./python-content.ts";

/** Prints a cell in Wireshark's way, from the usual form and the values beside it; `null` leaves it out. */
type Form = (cell: string, values: Values) => string | null;

const numberIn = (values: Values, name: string): number => {
  const value = values[name];
  return typeof value === "number" ? value : 0;
};

const only =
  (isShown: (values: Values) => boolean): Form =>
  (cell, values) =>
    isShown(values) ? cell : null;
const one: Form = () => "1";

const RESPONSE = 0x8000;
const AUTHENTICATED = 0x20;
const UPDATE = 5;
const isResponse = only((v) => (numberIn(v, "flags") & RESPONSE) !== 0);
const isNoUpdate = only((v) => ((numberIn(v, "flags") >> 11) & 15) !== UPDATE);

const PAD_1 = 0;
const isNoPad = only((v) => numberIn(v, "type") !== PAD_1);

const FRAGMENTATION_NEEDED = 4;
const TOO_LONG = [1, 3];
/** Errors without extensions, whose first octet is reserved too (RFC 4443 §3.1, RFC 4884 §4). */
const isPlainError = (v: Values): boolean =>
  TOO_LONG.includes(numberIn(v, "type")) && numberIn(v, "length") === 0;
/** Messages whose numbers Wireshark does not show (RFC 1788). */
const DOMAIN_NAMES = [37, 38];
const isNumbered = only((v) => !DOMAIN_NAMES.includes(numberIn(v, "type")));
const isQuery2 = (v: Values): boolean => v["qqic"] !== undefined;

const IGMP_QUERY = 17;
/** Above the codes of RFC 988's replies stands how long to wait for one. */
const LAST_REPLY = 4;

const LOOSE_ROUTE = 131;
const STRICT_ROUTE = 137;
const MINIMUM_ROUTE = 7;

/** The destination of a source route that is still open is its last address (RFC 791 §3.1). */
const destination: Form = (cell, values) => {
  const { dst, options } = values;
  if (cell !== dst || !Array.isArray(options)) return cell;
  for (const { type, length, pointer, route } of options as readonly Values[]) {
    if (type !== LOOSE_ROUTE && type !== STRICT_ROUTE) continue;
    if (!Array.isArray(route) || Number(length) < MINIMUM_ROUTE) continue;
    if (Number(pointer) > Number(length)) continue;
    return String((route as readonly Values[]).at(-1)?.["address"] ?? cell);
  }
  return cell;
};

const SERVICE_RECORD = 33;

/**
 * Wireshark's own way to print declared fields, as far as it can be told from the values alone: what our columns do with the
 * layer in hand.
 */
const forms: ReadonlyMap<string, Form> = new Map<string, Form>([
  ["ip.dst", destination],
  ["ip.addr", destination],
  ["dns.resp.name", only((v) => numberIn(v, "type") !== SERVICE_RECORD)],
  ["tcp.flags.res", (cell) => (cell === "0" ? "0" : "1")],
  ["dns.flags.authoritative", isResponse],
  ["dns.flags.recavail", isResponse],
  ["dns.flags.rcode", isResponse],
  [
    "dns.flags.authenticated",
    only((v) => (numberIn(v, "flags") & (RESPONSE | AUTHENTICATED)) !== 0),
  ],
  ["dns.count.queries", isNoUpdate],
  ["dns.count.answers", isNoUpdate],
  ["dns.count.auth_rr", isNoUpdate],
  ["ipv6.opt.type.action", isNoPad],
  ["ipv6.opt.type.change", isNoPad],
  ["ipv6.opt.type.rest", isNoPad],
  ["ipv6.routing.srh.tag", (cell) => cell.slice(2)],
  ["icmp.length", (cell) => (cell === "0" ? null : cell)],
  ["icmp.mtu", only((v) => numberIn(v, "code") === FRAGMENTATION_NEEDED)],
  ["icmp.ident", isNumbered],
  ["icmp.seq", isNumbered],
  ["icmpv6.length", only((v) => !isPlainError(v))],
  ["icmpv6.reserved", (cell, values) => (isPlainError(values) ? `00${cell}` : cell)],
  ["icmpv6.opt.reserved", one],
  ["icmpv6.opt.redirected_packet", one],
  ["icmpv6.mld.qqi", (cell) => String(codeOf(Number(cell), 4))],
  ["icmpv6.mld.maximum_response_delay", only((v) => !isQuery2(v))],
  [
    "igmp.max_resp",
    (cell, v) => {
      if (numberIn(v, "type") === IGMP_QUERY && Number(cell) === 0) return null;
      return isQuery2(v) ? String(codeOf(Number(cell), 4)) : cell;
    },
  ],
  // It shows the end of the options as the number of the pad option.
  ["dhcp.option.type", (cell) => (cell === "255" ? "0" : cell)],
  ["igmp.reply", only((v) => numberIn(v, "code") <= LAST_REPLY)],
]);

/** What Wireshark prints for a field of these values; `null` where it shows none. */
export function wiresharkForm(name: string, cell: string, values: Values): string | null {
  const form = forms.get(name);
  return form === undefined ? cell : form(cell, values);
}

/** What is known of a frame whoever takes it apart: place, lengths, time and interface. */
export function frameCells(packet: Packet): Map<string, string> {
  const { number, originalLength, length, seconds, nanoseconds, origin } = packet;
  const cells = new Map([
    ["frame.number", String(number)],
    ["frame.len", String(originalLength)],
    ["frame.cap_len", String(length)],
  ]);
  if (nanoseconds >= 0)
    cells.set("frame.time_epoch", `${seconds}.${String(nanoseconds).padStart(9, "0")}`);
  const info = "info" in origin ? (origin as CaptureOrigin).info : null;
  if (info?.format !== "pcapng") return cells;
  cells.set("frame.interface_id", String(info.id));
  cells.set("frame.section_number", String(info.section));
  cells.set("frame.interface_name", info.name ?? "unknown");
  return cells;
}
