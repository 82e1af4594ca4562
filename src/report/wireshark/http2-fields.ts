/** Fields that Wireshark has a field for: `http2.headers.` and the name with `_`. */
const names: readonly string[] = [
  ":authority",
  ":path",
  ":method",
  ":scheme",
  "accept",
  "accept-charset",
  "accept-encoding",
  "accept-language",
  "accept-ranges",
  "access-control-allow-origin",
  "allow",
  "authorization",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-location",
  "content-range",
  "content-type",
  "cookie",
  "date",
  "etag",
  "expect",
  "expires",
  "from",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "last-modified",
  "link",
  "location",
  "proxy-authenticate",
  "proxy-authorization",
  "range",
  "referer",
  "refresh",
  "retry-after",
  "server",
  "set-cookie",
  "strict-transport-security",
  "user-agent",
  "vary",
  "via",
  "www-authenticate",
];
/** Those that are numbers to it. */
const numbers: readonly string[] = [":status", "age", "content-length", "max-forwards"];

const fieldOf = (name: string): string =>
  `http2.headers.${name.replace(":", "").replaceAll("-", "_")}`;

const textFields: ReadonlyMap<string, string> = new Map(names.map((one) => [one, fieldOf(one)]));
const numberFields: ReadonlyMap<string, string> = new Map(
  numbers.map((one) => [one, fieldOf(one)]),
);

/** The name of a field's own column, and whether it is a number; `null` where it has none. */
export function columnOf(
  name: string,
): { readonly column: string; readonly isNumber: boolean } | null {
  const text = textFields.get(name);
  if (text !== undefined) return { column: text, isNumber: false };
  const number = numberFields.get(name);
  return number === undefined ? null : { column: number, isNumber: true };
}

/** The columns of single fields. */
export const fieldColumns: readonly string[] = [...textFields.values(), ...numberFields.values()];
