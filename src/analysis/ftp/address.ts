import { formatIpv6, parseIpv6 } from "../../bytes/address.ts";
import type { FtpDataAddress } from "./events.ts";

const isPort = (port: number): boolean => port > 0 && port < 65_536;

/** Six numbers, of PORT's argument or of a reply to PASV, wherever in its text they are (RFC 959 §4.1.2, RFC 1123 §4.1.2.6). */
export function sixNumbers(text: string): FtpDataAddress | null {
  const found = /(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})/.exec(text);
  const numbers = found?.slice(1).map(Number) ?? [];
  if (numbers.length === 0 || numbers.some((n) => n > 255)) return null;
  const port = numbers[4]! * 256 + numbers[5]!;
  return isPort(port) ? { address: numbers.slice(0, 4).join("."), port } : null;
}

/** EPRT's argument, `|family|address|port|` (RFC 2428 §2): the first character is what parts it. */
export function extendedPort(text: string): (FtpDataAddress & { readonly family: number }) | null {
  const [before, family = "", address = "", port = "", ...after] = text.split(text[0] ?? "|");
  if (before !== "" || after.length === 0 || !/^\d{1,5}$/.test(port) || !isPort(Number(port)))
    return null;
  const plain = addressText(Number(family), address);
  return plain === null ? null : { family: Number(family), address: plain, port: Number(port) };
}

/** An address as it is written everywhere here; 1 is IPv4, 2 is IPv6. */
function addressText(family: number, text: string): string | null {
  if (family === 1) return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) ? text : null;
  if (family !== 2) return null;
  try {
    return formatIpv6(parseIpv6(text), 0);
  } catch {
    return null;
  }
}

/** The port of a reply to EPSV, `(|||port|)` (RFC 2428 §3); 0 where there is none. */
export function extendedPassive(text: string): number {
  const found = /\(([!-~])\1\1(\d{1,5})\1\)/.exec(text);
  const port = Number(found?.[2] ?? 0);
  return isPort(port) ? port : 0;
}
