import { formatIpv6 } from "../../bytes/address.ts";
import { formatHex } from "../../bytes/hex.ts";
import { readU16 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";
import { hexCell } from "./cell.ts";
import type { Extra, Override } from "./context.ts";
import { Echoes, isQuoted } from "./icmp.ts";
import { codeOf } from "./icmpv6-options.ts";

const UNREACHABLE = 1;
const TIME_EXCEEDED = 3;
const ECHO = 128;
const ECHO_REPLY = 129;
const QUERY = 130;

const echoes = (): Echoes => new Echoes();

/** A query of version 2 has a code where the older ones have a delay (RFC 3810 §5.1.3). */
const isQuery2 = ({ bytes, start, end }: Layer): boolean =>
  bytes[start] === QUERY && end - start >= 28;

const messageExtra: Extra = {
  protocol: "icmpv6",
  names: ["icmpv6.resp_to", "icmpv6.resptime", "icmpv6.mld.maximum_response_code"],
  cells(layer, emit, { packet, session }) {
    const { bytes, start, end } = layer;
    if (end - start < 8) return;
    if (isQuery2(layer))
      emit("icmpv6.mld.maximum_response_code", String(codeOf(readU16(bytes, start + 4), 12)));
    const type = bytes[start];
    if (isQuoted(layer)) return;
    if (type === ECHO) session.of(echoes).ask(layer, packet);
    if (type !== ECHO_REPLY) return;
    const found = session.of(echoes).answer(layer, packet);
    if (found === null) return;
    emit("icmpv6.resp_to", String(found.number));
    emit("icmpv6.resptime", String(found.ms));
  },
};

/** Wireshark counts some structures beside what is in them. */
const mark = (protocol: string, name: string): Extra => ({
  protocol,
  names: [name],
  cells: (_layer, emit) => emit(name, "1"),
});

export const icmpv6Extras: readonly Extra[] = [
  messageExtra,
  mark("icmpv6.option", "icmpv6.opt"),
  mark("icmpv6.mldRecord", "icmpv6.mldr.mar"),
  mark("icmpv6.prefixControl", "icmpv6.rr.pco.mp"),
];

const one = (name: string): Override => ({ name: `icmpv6.${name}`, cell: () => "1" });

/** The leading bytes of an address, filled up with zeros. */
const prefix = (name: string): Override => ({
  name: `icmpv6.${name}`,
  cell(value) {
    if (typeof value === "string" && value.includes(":")) return value;
    if (!(value instanceof Uint8Array) || value.length > 16) return null;
    const whole = new Uint8Array(16);
    whole.set(value);
    return formatIpv6(whole, 0);
  },
});

/** Errors without extensions have four unused bytes, not a length and three. */
const isPlainError = ({ bytes, start, schema }: Layer): boolean =>
  schema.isProtocol &&
  (bytes[start] === UNREACHABLE || bytes[start] === TIME_EXCEEDED) &&
  bytes[start + 4] === 0;

export const icmpv6Overrides: readonly Override[] = [
  one("opt.reserved"),
  one("opt.redirected_packet"),
  one("rpl.opt.padn"),
  one("rpl.opt.reserved"),
  one("rpl.opt.target.flag"),
  prefix("opt.prefix"),
  prefix("opt.6co.context_prefix"),
  prefix("opt.pref64.prefix"),
  prefix("rpl.opt.route.prefix"),
  prefix("rpl.opt.target.prefix"),
  {
    name: "icmpv6.length",
    cell: (value, layer) => (isPlainError(layer) ? null : String(value)),
  },
  {
    name: "icmpv6.reserved",
    cell: (value, layer) =>
      isPlainError(layer)
        ? formatHex(layer.bytes, layer.start + 4, layer.start + 8)
        : typeof value === "number"
          ? hexCell(value, 2).slice(2)
          : formatHex(value as Uint8Array),
  },
  {
    name: "icmpv6.mld.maximum_response_delay",
    cell: (value, layer) => (isQuery2(layer) ? null : String(value)),
  },
];
