import type { Codec } from "../../../schema/codec.ts";
import { checkedBytes } from "../../../schema/value.ts";
import type { Writer } from "../../../schema/writer.ts";

/** Interpret as command (RFC 854): what begins a command, and stands twice where data has this byte. */
export const IAC = 255;
export const SE = 240;
export const SB = 250;

/** Where the next command begins, passing over doubled bytes; `end` where none does. */
export function nextCommand(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; ; at += 2) {
    at = bytes.indexOf(IAC, at);
    if (at < 0 || at >= end) return end;
    if (at + 1 >= end || bytes[at + 1] !== IAC) return at;
  }
}

/** Where the data of a subnegotiation ends: at `IAC SE`, or any other command, which nobody may say there. */
export const unescaped = (bytes: Uint8Array, start: number, end: number): Uint8Array => {
  const first = bytes.indexOf(IAC, start);
  if (first < 0 || first >= end) return bytes.slice(start, end);
  const out = new Uint8Array(end - start);
  let length = 0;
  for (let at = start; at < end; at++) {
    out[length++] = bytes[at]!;
    if (bytes[at] === IAC && bytes[at + 1] === IAC) at++;
  }
  return out.subarray(0, length);
};

function writeEscaped(out: Writer, value: Uint8Array): void {
  const doubled: number[] = [];
  for (const byte of checkedBytes("data", value)) {
    doubled.push(byte);
    if (byte === IAC) doubled.push(IAC);
  }
  out.raw(Uint8Array.from(doubled));
}

/** Bytes up to the next command, in which the byte 255 stands twice. */
export const escapedBytes: Codec<Uint8Array> = {
  name: "bytes, 255 doubled",
  measure: (bytes, at, end) => nextCommand(bytes, at, end) - at,
  read: unescaped,
  write: writeEscaped,
  initial: new Uint8Array(0),
  random: (source) => source.bytes(source.upTo(9)).map((byte) => byte & 0x7f),
};

/** `IAC SE`, which ends a subnegotiation; empty where the bytes end before it. */
export const subnegotiationEnd: Codec<boolean> = {
  name: "end of subnegotiation",
  measure: (bytes, at, end) => (at + 2 <= end && bytes[at] === IAC && bytes[at + 1] === SE ? 2 : 0),
  read: (_, at, end) => end > at,
  write: (out, value) => {
    if (value) out.raw(Uint8Array.of(IAC, SE));
  },
  initial: true,
};
