/** Domain names as people write them: the text form of RFC 1035 §5.1 and RFC 4343 §2.1. */

const MAX_LABEL = 63;
const MAX_NAME = 255;
const DOT = 0x2e;
const BACKSLASH = 0x5c;

/** The text of labels, escaped so that {@link parseName} gives the same ones. */
export function shownName(labels: readonly Uint8Array[]): string {
  return labels.length === 0 ? "." : labels.map(shownLabel).join(".");
}

function shownLabel(label: Uint8Array): string {
  let shown = "";
  for (let i = 0; i < label.length; ) {
    const c = label[i]!;
    const size = c < 0x80 ? 1 : utf8Length(label, i);
    if (c === DOT || c === BACKSLASH) shown += `\\${String.fromCharCode(c)}`;
    else if (size > 1) shown += utf8.decode(label.subarray(i, i + size));
    else if (c >= 0x20 && c < 0x7f) shown += String.fromCharCode(c);
    else shown += `\\${String(c).padStart(3, "0")}`;
    i += Math.max(size, 1);
  }
  return shown;
}

const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });

/** Bytes of the UTF-8 character at `at` when it is well formed and can be seen (not a control of U+0080..9F); else 0. */
function utf8Length(b: Uint8Array, at: number): number {
  const c = b[at]!;
  const size = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 0;
  if (size === 0 || c > 0xf4 || at + size > b.length) return 0;
  for (let i = 1; i < size; i++) if ((b[at + i]! & 0xc0) !== 0x80) return 0;
  const second = b[at + 1]!;
  // Overlong forms, surrogates, what is beyond Unicode, controls.
  if (c === 0xe0 && second < 0xa0) return 0;
  if (c === 0xed && second > 0x9f) return 0;
  if (c === 0xf0 && second < 0x90) return 0;
  if (c === 0xf4 && second > 0x8f) return 0;
  return c === 0xc2 && second < 0xa0 ? 0 : size;
}

/**
 * The labels of a name in wire form, each with its length before it, one character a byte. A last dot is optional; `.` and
 * the empty text are the root.
 *
 * @throws TypeError for what is no name; RangeError for a label of more than 63 or a name of more than 255 bytes.
 */
export function parseName(name: string): string[] {
  if (typeof name !== "string") throw new TypeError(`a domain name is wanted, not ${String(name)}`);
  const labels: string[] = [];
  if (name === "" || name === ".") return labels;
  let total = 1;
  let label = "";
  let ended = false;
  const end = (): void => {
    if (label === "") throw new TypeError(`a label is empty in ${JSON.stringify(name)}`);
    if (label.length > MAX_LABEL)
      throw new RangeError(
        `a label of ${label.length} bytes in ${JSON.stringify(name)}, ${MAX_LABEL} fit`,
      );
    total += label.length + 1;
    labels.push(String.fromCharCode(label.length) + label);
    label = "";
  };
  for (let i = 0; i < name.length; ) {
    const code = name.codePointAt(i)!;
    const width = code > 0xffff ? 2 : 1;
    ended = code === DOT;
    if (ended) end();
    if (code === BACKSLASH) {
      const escaped = parseEscape(name, i);
      label += escaped.byte;
      i = escaped.next;
      continue;
    }
    if (!ended) label += code < 0x80 ? name[i]! : bytesOf(name.slice(i, i + width));
    i += width;
  }
  if (!ended) end();
  if (total > MAX_NAME) throw new RangeError(`a name of ${total} bytes, ${MAX_NAME} fit`);
  return labels;
}

const encoder = /* @__PURE__ */ new TextEncoder();
const bytesOf = (character: string): string => String.fromCharCode(...encoder.encode(character));

/** `\DDD` or a backslash and the character that it keeps from being special. */
function parseEscape(name: string, at: number): { readonly byte: string; readonly next: number } {
  const digits = /^[0-9]{3}/.exec(name.slice(at + 1, at + 4));
  if (digits !== null) {
    const value = Number(digits[0]);
    if (value > 255)
      throw new RangeError(`\\${digits[0]} is not an octet in ${JSON.stringify(name)}`);
    return { byte: String.fromCharCode(value), next: at + 4 };
  }
  const code = name.codePointAt(at + 1);
  if (code === undefined) throw new TypeError(`a backslash ends ${JSON.stringify(name)}`);
  const kept = String.fromCodePoint(code);
  return { byte: code < 0x80 ? kept : bytesOf(kept), next: at + 1 + kept.length };
}
