/** What both sides agreed on about compressing messages (RFC 7692 §7.1). */
export interface PermessageDeflate {
  /** Whether the window of a side begins anew with each message. */
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** Bits of the windows, 8 to 15. */
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
}

/** An extension as a header names it (RFC 6455 §9.1). */
interface Extension {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
}

function extensionOf(text: string): Extension {
  const [name = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters = new Map<string, string>();
  for (const one of rest) {
    const equals = one.indexOf("=");
    const key = (equals < 0 ? one : one.slice(0, equals)).trim().toLowerCase();
    const value = equals < 0 ? "" : one.slice(equals + 1).trim();
    parameters.set(key, value.replace(/^"(.*)"$/, "$1"));
  }
  return { name: name.toLowerCase(), parameters };
}

function windowBits(text: string | undefined): number {
  const bits = Number(text ?? "");
  return Number.isInteger(bits) && bits >= 8 && bits <= 15 ? bits : 15;
}

/** What the `Sec-WebSocket-Extensions` of a response says of compression; `null` where it was not agreed on. */
export function permessageDeflate(header: string): PermessageDeflate | null {
  const found = header
    .split(",")
    .map(extensionOf)
    .find(({ name }) => name === "permessage-deflate");
  if (found === undefined) return null;
  const { parameters } = found;
  return {
    serverNoContextTakeover: parameters.has("server_no_context_takeover"),
    clientNoContextTakeover: parameters.has("client_no_context_takeover"),
    serverMaxWindowBits: windowBits(parameters.get("server_max_window_bits")),
    clientMaxWindowBits: windowBits(parameters.get("client_max_window_bits")),
  };
}
