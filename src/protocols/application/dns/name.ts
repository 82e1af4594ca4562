import type { Codec } from "../../../schema/codec.ts";
import { type Layer, protocolLayer } from "../../../schema/layer.ts";
import type { RandomSource } from "../../../schema/random-source.ts";
import type { Writer } from "../../../schema/writer.ts";
import { parseName, shownName } from "./name-text.ts";

/** Bytes of a name, lengths of labels and the root's zero included (RFC 1035 §3.1). */
const MAX_NAME = 255;
/** More jumps than a name can have labels say that nobody honest wrote it. */
const MAX_JUMPS = 127;
/** The last offset that a pointer can name (RFC 1035 §4.1.4). */
const MAX_POINTER = 0x3fff;
/** A message's header: no name lies in it. */
const HEADER = 12;

/**
 * Bytes that a name takes at `at`, or -1 where it is none: a label that does not fit, a pointer that does not point back to
 * an earlier name, more than 255 bytes in all. What it points to is checked too, so that {@link readName} need not.
 */
function measureName(bytes: Uint8Array, at: number, end: number, message: number): number {
  let o = at;
  // Each part must lie before the one that points to it, so that this ends.
  let part = at;
  let limit = end;
  let taken = -1;
  let room = MAX_NAME;
  let jumps = 0;
  while (o < limit) {
    const length = bytes[o]!;
    if (length === 0) return taken < 0 ? o + 1 - at : taken;
    if (length < 0x40) {
      o += length + 1;
      room -= length + 1;
      if (room < 1) return -1;
      continue;
    }
    // 01 and 10 were labels of other kinds, now given up (RFC 6891 §5).
    if (length < 0xc0 || o + 1 >= limit || ++jumps > MAX_JUMPS) return -1;
    const to = message + (((length & 0x3f) << 8) | bytes[o + 1]!);
    if (taken < 0) taken = o + 2 - at;
    if (to >= part || to < message + HEADER) return -1;
    limit = part;
    part = o = to;
  }
  return -1;
}

/**
 * The first names of the message that is being read, by their offset: the other records point to them. One message at a
 * time, told by its layer, which an edited or a new packet has not.
 */
const NAMES = 8;
const offsets: number[] = new Array<number>(NAMES).fill(0);
const texts: string[] = new Array<string>(NAMES).fill("");
let named: Layer | null = null;
let count = 0;

/** The text of a name that {@link measureName} has accepted. */
function readName(bytes: Uint8Array, at: number, layer: Layer): string {
  const message = protocolLayer(layer);
  const first = bytes[at]!;
  const from = first < 0xc0 ? at : message.start + (((first & 0x3f) << 8) | bytes[at + 1]!);
  if (message !== named) {
    named = message;
    count = 0;
  }
  for (let i = 0; i < count; i++) if (offsets[i] === from) return texts[i]!;
  const name = textOf(bytes, from, message.start);
  if (count < NAMES) {
    offsets[count] = from;
    texts[count++] = name;
  }
  return name;
}

const DOT = 0x2e;

/** Octets that a name's text shows otherwise: what is no visible ASCII character, the dot and the backslash. */
const escaped = Uint8Array.from({ length: 256 }, (_, c) =>
  c < 0x20 || c > 0x7e || c === DOT || c === 0x5c ? 1 : 0,
);

/** The characters of the name that is being read; never more than one is. */
const text = new Uint8Array(MAX_NAME);

function textOf(bytes: Uint8Array, at: number, message: number): string {
  let o = at;
  let n = 0;
  let special = 0;
  for (;;) {
    const length = bytes[o++]!;
    if (length >= 0xc0) {
      o = message + (((length & 0x3f) << 8) | bytes[o]!);
      continue;
    }
    if (length === 0) break;
    if (n > 0) text[n++] = DOT;
    for (let i = 0; i < length; i++) {
      const c = bytes[o + i]!;
      text[n + i] = c;
      special |= escaped[c]!;
    }
    o += length;
    n += length;
  }
  if (special !== 0) return shownName(labelsOf(bytes, at, message));
  return n === 0 ? "." : asciiText(n);
}

/** The first characters of `text`, sixteen a call: a call for each costs three times as much. */
function asciiText(n: number): string {
  const { fromCharCode } = String;
  const t = text;
  let made = "";
  let i = 0;
  for (; i + 16 <= n; i += 16)
    // biome-ignore format: a block of bytes
    made += fromCharCode(
      t[i]!, t[i + 1]!, t[i + 2]!, t[i + 3]!, t[i + 4]!, t[i + 5]!, t[i + 6]!, t[i + 7]!,
      t[i + 8]!, t[i + 9]!, t[i + 10]!, t[i + 11]!, t[i + 12]!, t[i + 13]!, t[i + 14]!, t[i + 15]!,
    );
  for (; i + 4 <= n; i += 4) made += fromCharCode(t[i]!, t[i + 1]!, t[i + 2]!, t[i + 3]!);
  for (; i < n; i++) made += fromCharCode(t[i]!);
  return made;
}

/** The labels of a name, as views of the packet's bytes. */
function labelsOf(bytes: Uint8Array, at: number, message: number): Uint8Array[] {
  const labels: Uint8Array[] = [];
  let o = at;
  for (;;) {
    const length = bytes[o++]!;
    if (length === 0) return labels;
    if (length >= 0xc0) o = message + (((length & 0x3f) << 8) | bytes[o]!);
    else labels.push(bytes.subarray(o, (o += length)));
  }
}

/** Appends a name, as a pointer from the longest end of it on that the message has already, where that is allowed. */
function writeName(out: Writer, name: string, compress: boolean): void {
  const labels = parseName(name);
  out.seen ??= new Map();
  for (let i = 0; i < labels.length; i++) {
    // The bytes themselves are the key: one character a byte, lengths included.
    const key = labels.slice(i).join("");
    const known = out.seen.get(key);
    if (known !== undefined && compress) {
      out.uint(0xc000 | known, 2);
      return;
    }
    const offset = out.length - out.base;
    if (known === undefined && offset <= MAX_POINTER) out.seen.set(key, offset);
    out.latin1(labels[i]!);
  }
  out.uint(0, 1);
}

const LABEL = "abcdefghijklmnopqrstuvwxyz0123456789-";

/** Up to three labels; the root where there are none. */
const randomName = (source: RandomSource): string =>
  Array.from({ length: source.upTo(3) }, () => source.text(1 + source.upTo(6), LABEL)).join(".") ||
  ".";

function nameCodec(name: string, compress: boolean): Codec<string> {
  return {
    name,
    measure: (bytes, at, end, layer) => measureName(bytes, at, end, protocolLayer(layer).start),
    read: (bytes, at, _end, layer) => readName(bytes, at, layer),
    write: (out, value) => {
      writeName(out, value, compress);
    },
    initial: ".",
    random: (source) => randomName(source),
  };
}

/**
 * A domain name of a DNS message (RFC 1035 §3.1, §4.1.4) as text without the last dot, the root as `.`. A dot or backslash
 * within a label is written `\.` and `\\`, an octet that is no text `\DDD` (RFC 4343 §2.1); UTF-8 is shown as it is
 * (RFC 6762 §16). Writing points to an equal ending written before in the same message.
 */
export const domainName: Codec<string> = nameCodec("domain name", true);

/** A domain name where RFC 3597 §4 does not allow compression; read with it all the same, since some senders do. */
export const wholeDomainName: Codec<string> = nameCodec("uncompressed domain name", false);
