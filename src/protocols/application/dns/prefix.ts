import { formatIpv4, formatIpv6, writeIpv4, writeIpv6 } from "../../../bytes/address.ts";
import type { Codec } from "../../../schema/codec.ts";
import type { RandomSource } from "../../../schema/random-source.ts";
import type { Writer } from "../../../schema/writer.ts";

type Format = (bytes: Uint8Array, at: number) => string;
type Parse = (text: string, into: Uint8Array, at: number) => void;

/**
 * The first bytes of an address, as a whole address with zeros for the others. `kept` says how many of the address's bytes
 * are written; a record in which there are more or fewer is malformed.
 */
function leadingAddress(
  name: string,
  width: number,
  format: Format,
  parse: Parse,
  kept: (bytes: Uint8Array, at: number, address: Uint8Array) => number,
): Codec<string> {
  const whole = (bytes: Uint8Array, at: number, end: number): Uint8Array => {
    const address = new Uint8Array(width);
    address.set(bytes.subarray(at, end));
    return address;
  };
  return {
    name,
    measure(bytes, at, end) {
      const length = end - at;
      if (length > width) return -1;
      return kept(bytes, at, whole(bytes, at, end)) === length ? length : -1;
    },
    read: (bytes, at, end) => format(whole(bytes, at, end), 0),
    write(out: Writer, text) {
      const address = new Uint8Array(width);
      parse(text, address, 0);
      out.raw(address.subarray(0, kept(out.bytes, out.length, address)));
    },
    initial: width === 4 ? "0.0.0.0" : "::",
    // How much of a subnet is kept is said elsewhere: only the address of zeros always comes back.
    ...(kept === withoutZeros
      ? { random: (source: RandomSource) => format(source.bytes(width), 0) }
      : {}),
  };
}

/** As many bytes as the prefix length needs, which stands two bytes before (RFC 7871 §6). */
const bySourcePrefix = (bytes: Uint8Array, at: number, address: Uint8Array): number =>
  Math.min(address.length, (bytes[at - 2]! + 7) >> 3);

/** No zero bytes at the end (RFC 3123 §4). */
function withoutZeros(_bytes: Uint8Array, _at: number, address: Uint8Array): number {
  let length = address.length;
  while (length > 0 && address[length - 1] === 0) length--;
  return length;
}

/** The addresses of the EDNS client subnet option (RFC 7871 §6). */
export const subnetIpv4: Codec<string> = leadingAddress(
  "IPv4 subnet",
  4,
  formatIpv4,
  writeIpv4,
  bySourcePrefix,
);
export const subnetIpv6: Codec<string> = leadingAddress(
  "IPv6 subnet",
  16,
  formatIpv6,
  writeIpv6,
  bySourcePrefix,
);
/** The addresses of an APL record (RFC 3123 §4). */
export const prefixIpv4: Codec<string> = leadingAddress(
  "IPv4 prefix",
  4,
  formatIpv4,
  writeIpv4,
  withoutZeros,
);
export const prefixIpv6: Codec<string> = leadingAddress(
  "IPv6 prefix",
  16,
  formatIpv6,
  writeIpv6,
  withoutZeros,
);

/** The last bytes of an address, as many as the prefix length in the byte before leaves over (RFC 2874 §3.1). */
export const suffixIpv6: Codec<string> = {
  name: "IPv6 suffix",
  measure(bytes, at, end) {
    const length = suffixLength(bytes, at);
    return at + length > end ? -1 : length;
  },
  read(bytes, at, end) {
    const address = new Uint8Array(16);
    address.set(bytes.subarray(at, end), 16 - (end - at));
    return formatIpv6(address, 0);
  },
  write(out, text) {
    const address = new Uint8Array(16);
    writeIpv6(text, address, 0);
    out.raw(address.subarray(16 - suffixLength(out.bytes, out.length)));
  },
  initial: "::",
};

const suffixLength = (bytes: Uint8Array, at: number): number =>
  Math.max(0, 16 - (bytes[at - 1]! >> 3));
