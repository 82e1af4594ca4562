import type { HttpField } from "./events.ts";

/** The values of all fields of a name, in order. */
export function httpFields(fields: readonly HttpField[], name: string): string[] {
  const wanted = name.toLowerCase();
  return fields.filter((one) => one.name.toLowerCase() === wanted).map(({ value }) => value);
}

/**
 * The value of the fields of a name; where there are several of them they are joined by a comma, which says the same
 * (RFC 9110 §5.3). `undefined` where there is none.
 */
export function httpField(fields: readonly HttpField[], name: string): string | undefined {
  const values = httpFields(fields, name);
  return values.length > 0 ? values.join(", ") : undefined;
}

/** The members of a field that is a list of words, lower case (RFC 9110 §5.6.1): codings, connection options. */
export function httpWords(fields: readonly HttpField[], name: string): string[] {
  return httpFields(fields, name)
    .flatMap((value) => value.split(","))
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== "");
}

/** The media type of the content, lower case and without parameters (RFC 9110 §8.3); empty where it is not said. */
export function httpMediaType(fields: readonly HttpField[]): string {
  const [value = ""] = httpFields(fields, "content-type");
  const semicolon = value.indexOf(";");
  return (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase();
}
