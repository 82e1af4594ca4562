import type { Codec } from "../../schema/codec.ts";
import { checkedLatin1, readLatin1 } from "../../schema/value.ts";

/** ISO 8859-1 text in a field of `size` bytes that zeros fill up; they are not part of the text. */
export const paddedText = (size: number): Codec<string> => ({
  name: `text of at most ${size} bytes, filled up with zeros`,
  measure: (_bytes, at, end) => (at + size <= end ? size : -1),
  read(bytes, at) {
    let end = at + size;
    while (end > at && bytes[end - 1] === 0) end--;
    return readLatin1(bytes, at, end);
  },
  write(out, value) {
    const text = checkedLatin1("text", value);
    if (text.length > size) throw new RangeError(`${text.length} characters, ${size} fit`);
    out.latin1(text);
    out.reserve(size - text.length);
  },
  initial: "",
  random: (source) => source.text(source.upTo(size), "abcdefghijklmnopqrstuvwxyz0123456789"),
});
