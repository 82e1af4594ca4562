/** Text as bytes, one a character. */
export const latin1Bytes = (text: string): Uint8Array =>
  Uint8Array.from(text, (c) => c.charCodeAt(0));

/** Bytes one behind the other; a number is a byte, and text has one a character. */
export const joined = (
  ...parts: readonly (Uint8Array | readonly number[] | number | string)[]
): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "number"
        ? [part]
        : [...(typeof part === "string" ? latin1Bytes(part) : part)],
    ),
  );
