import { formatHex } from "../../bytes/hex.ts";
import { readU16 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";
import { protocolLayer, viewOf } from "../../schema/layer.ts";
import { bytesCell, cellOfName } from "./cell.ts";
import type { Extra, Override } from "./context.ts";

const RESPONSE = 0x8000;
const AUTHENTICATED = 0x20;
const UPDATE = 5;

/** The flags word of the message that a layer or record belongs to. */
const messageFlags = (layer: Layer): number => {
  const { bytes, start } = protocolLayer(layer);
  return readU16(bytes, start + 2);
};
const opcode = (layer: Layer): number => (messageFlags(layer) >> 11) & 15;

/** Shown only where a condition on the message's flags holds. */
const flagWhen = (name: string, holds: (flags: number) => boolean): Override => ({
  name: `dns.flags.${name}`,
  cell: (value, layer) => (holds(messageFlags(layer)) ? String(value) : null),
});

const countUnlessUpdate = (name: string): Override => ({
  name: `dns.count.${name}`,
  cell: (value, layer) => (opcode(layer) === UPDATE ? null : String(value)),
});

/** The names of domains: the root has a name of its own. */
const domainNames = [
  "qry.name",
  "resp.name",
  "a6.prefix_name",
  "afsdb.hostname",
  "cname",
  "dname",
  "mx.mail_exchange",
  "naptr.replacement",
  "ns",
  "nsec.next_domain_name",
  "ptr.domain_name",
  "rrsig.signers_name",
  "soa.mname",
  "soa.rname",
  "srv.target",
  "svcb.targetname",
  "tkey.algo_name",
  "tsig.algorithm_name",
].map(
  (name): Override => ({
    name: `dns.${name}`,
    cell: (value, layer) => {
      const isService = name === "resp.name" && layer.schema.caseName === "srv";
      return isService ? null : cellOfName(String(value));
    },
  }),
);

export const dnsOverrides: readonly Override[] = [
  { name: "dns.opt.cookie.server", cell: bytesCell },
  { name: "dns.nsec3.salt_value", cell: bytesCell },
  flagWhen("authoritative", (f) => (f & RESPONSE) !== 0),
  flagWhen("recavail", (f) => (f & RESPONSE) !== 0),
  flagWhen("rcode", (f) => (f & RESPONSE) !== 0),
  flagWhen("authenticated", (f) => (f & (RESPONSE | AUTHENTICATED)) !== 0),
  countUnlessUpdate("queries"),
  countUnlessUpdate("answers"),
  countUnlessUpdate("auth_rr"),
  ...domainNames,
];

/** An update's sections have names of their own (RFC 2136 §2.2). */
const updateCounts = (protocol: string): Extra => ({
  protocol,
  names: ["dns.count.zones", "dns.count.prerequisites", "dns.count.updates"],
  cells(layer, emit) {
    if (opcode(layer) !== UPDATE) return;
    const { bytes, start } = layer;
    emit("dns.count.zones", String(readU16(bytes, start + 4)));
    emit("dns.count.prerequisites", String(readU16(bytes, start + 6)));
    emit("dns.count.updates", String(readU16(bytes, start + 8)));
  },
});

/** Labels of a name as text, which a backslash may keep together (RFC 1035 §5.1). */
function labelsOf(name: string): string[] {
  if (name === ".") return [];
  return name.match(/(?:\\\d{3}|\\.|[^.\\])+/gs) ?? [];
}

/** Bytes of a name without the escapes of its text. */
const plainLength = (name: string): number =>
  name === "." ? 6 : new TextEncoder().encode(name.replace(/\\(?:\d{3}|.)/gs, "?")).length;

const fieldsOf = (layer: Layer): Readonly<Record<string, unknown>> =>
  viewOf(layer) as Readonly<Record<string, unknown>>;

const question: Extra = {
  protocol: "dns.question",
  names: ["dns.qry.name.len", "dns.count.labels"],
  cells(layer, emit) {
    const { name } = fieldsOf(layer);
    if (typeof name !== "string") return;
    const length = plainLength(name);
    // Of a name of one character Wireshark counts nothing; the root counts as one label.
    const isCounted = length > 1;
    emit("dns.qry.name.len", isCounted ? String(length) : "0");
    emit("dns.count.labels", isCounted ? String(labelsOf(name).length || 1) : "0");
  },
};

const option: Extra = {
  protocol: "dns.option",
  names: ["dns.opt", "dns.opt.data"],
  cells(layer, emit) {
    emit("dns.opt", "1");
    const data = formatHex(layer.bytes, layer.start + 4, layer.end);
    emit("dns.opt.data", data === "" ? "<MISSING>" : data);
  },
};

/** Parameters that tshark 4.0 does not take apart. */
const opaqueParameters: ReadonlySet<string> = new Set(["dohPath", "tlsSupportedGroups", "docPath"]);

const parameter: Extra = {
  protocol: "dns.serviceParameter",
  names: ["dns.svcb.svcparam", "dns.svcb.svcparam.echconfig", "dns.svcb.svcparam.value"],
  cells(layer, emit) {
    emit("dns.svcb.svcparam", "1");
    if (opaqueParameters.has(layer.schema.caseName ?? ""))
      emit("dns.svcb.svcparam.value", formatHex(layer.bytes, layer.start + 4, layer.end));
    if (readU16(layer.bytes, layer.start) === 5)
      emit("dns.svcb.svcparam.echconfig", formatHex(layer.bytes, layer.start + 4, layer.end));
  },
};

/** RFC 4034 Appendix B over the data of a key record. */
function keyTag(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += (i - start) % 2 === 0 ? bytes[i]! << 8 : bytes[i]!;
  return (sum + (sum >> 16)) & 0xffff;
}

const BASE32 = "0123456789abcdefghijklmnopqrstuv";

/** Base 32 with the extended hex alphabet (RFC 4648 §7), without padding. */
function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(held >> bits) & 31];
    }
    held &= 0xff;
  }
  return bits > 0 ? text + BASE32[(held << (5 - bits)) & 31] : text;
}

const record: Extra = {
  protocol: "dns.record",
  names: [
    "dns.dnskey.key_id",
    "dns.dnskey.flags.reserved",
    "dns.nsec3.hash_value",
    "dns.tsig.mac",
    "dns.data",
    "dns.srv.service",
    "dns.srv.proto",
    "dns.srv.name",
    "dns.ttl.high_bit_set",
  ],
  cells(layer, emit) {
    const view = fieldsOf(layer);
    const ttl = view["ttl"];
    if (typeof ttl === "number" && ttl >= 2 ** 31) emit("dns.ttl.high_bit_set", "1");
    switch (layer.schema.caseName) {
      case "cdnskey":
      case "dnskey": {
        const data = layer.end - Number(view["rdlength"]);
        emit("dns.dnskey.key_id", String(keyTag(layer.bytes, data, layer.end)));
        const flags = readU16(layer.bytes, data);
        emit("dns.dnskey.flags.reserved", `0x${(flags & 0xfe7e).toString(16).padStart(4, "0")}`);
        return;
      }
      case "nsec3": {
        const hash = view["nextHash"];
        if (hash instanceof Uint8Array) emit("dns.nsec3.hash_value", base32(hash));
        return;
      }
      case "tsig":
        emit("dns.tsig.mac", "1");
        return;
      case "srv": {
        const [service = "", proto = "", ...rest] = labelsOf(String(view["name"]));
        emit("dns.srv.service", cellOfName(service));
        emit("dns.srv.proto", proto);
        emit("dns.srv.name", rest.join("."));
        return;
      }
      default:
        if (opaque.has(layer.schema.caseName ?? "")) {
          const data = layer.bytes.subarray(layer.end - Number(view["rdlength"]), layer.end);
          if (data.length > 0) emit("dns.data", formatHex(data));
        }
    }
  },
};

/** Types that tshark 4.0 does not take apart. */
const opaque: ReadonlySet<string> = new Set([
  "amtrelay",
  "atma",
  "avc",
  "cla",
  "doa",
  "dsync",
  "eid",
  "ipn",
  "nimloc",
  "ninfo",
  "resinfo",
  "rkey",
  "sink",
  "smimea",
  "ta",
  "talink",
  "uri",
  "wallet",
]);

export const dnsExtras: readonly Extra[] = [
  updateCounts("dns"),
  updateCounts("mdns"),
  question,
  option,
  parameter,
  record,
];
