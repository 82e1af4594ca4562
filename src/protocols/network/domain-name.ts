import type { Codec } from "../../schema/codec.ts";
import { coded } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";

const LABEL = "abcdefghijklmnopqrstuvwxyz0123456789-";

/**
 * A domain name as ICMPv6 carries it: labels with their lengths, never compressed (RFC 8106 §5.2, RFC 4620 §6.3). Bytes
 * that are not printable, and dots within a label, are written as `\ddd` (RFC 4343 §2.1).
 */
export const plainName: Codec<string> = {
  name: "domain name",
  initial: ".",
  random: (source) =>
    Array.from({ length: source.upTo(3) }, () => source.text(1 + source.upTo(6), LABEL)).join(
      ".",
    ) || ".",
  measure(bytes, at, end) {
    for (let o = at; o < end; ) {
      const length = bytes[o]!;
      if (length === 0) return o + 1 - at;
      if (length > 63) return -1;
      o += 1 + length;
    }
    return -1;
  },
  read(bytes, at, end) {
    const labels: string[] = [];
    for (let o = at; o < end - 1; o += 1 + bytes[o]!) {
      let label = "";
      for (let i = o + 1; i <= o + bytes[o]!; i++) label += shown(bytes[i]!);
      labels.push(label);
    }
    return labels.length === 0 ? "." : labels.join(".");
  },
  write(out, value) {
    for (const label of value === "." || value === ""
      ? []
      : value.replace(/\.$/, "").split(/(?<!\\)\./)) {
      const bytes = Uint8Array.from(label.match(/\\\d{3}|\\?[\s\S]/g) ?? [], (c) =>
        c.length === 4 ? Number(c.slice(1)) : c.charCodeAt(c.length - 1),
      );
      if (bytes.length < 1 || bytes.length > 63)
        throw new RangeError(
          `a label of '${value}' has ${bytes.length} bytes, 1 to 63 are possible`,
        );
      out.raw(Uint8Array.of(bytes.length));
      out.raw(bytes);
    }
    out.raw(Uint8Array.of(0));
  },
};

function shown(byte: number): string {
  const plain = byte > 0x20 && byte < 0x7f && byte !== 0x2e && byte !== 0x5c;
  return plain ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, "0")}`;
}

/** An item of a list of domain names; `filter` is Wireshark's whole name. */
export const nameItem = (owner: string, filter: string) =>
  record(`${owner}.name`, "Domain Name").fields({
    name: coded(plainName, "Domain Name", { filter: `.${filter}` }),
  });
