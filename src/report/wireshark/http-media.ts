import type { Layer } from "../../schema/layer.ts";
import { readLatin1 } from "../../schema/value.ts";
import { contentOf } from "./http-content.ts";
import { headerValue, messageOf } from "./http-message.ts";

const listed = (name: string, types: string): [string, string][] =>
  types.split(" ").map((type) => [type, name]);

/** Names in `frame.protocols` of what Wireshark dissects, by media type. */
const byType: ReadonlyMap<string, string> = new Map([
  ...listed(
    "data-text-lines",
    "text/plain text/html text/css text/javascript text/richtext text/enriched application/x-javascript application/x-ns-proxy-autoconfig",
  ),
  ...listed(
    "xml",
    "text/xml text/vnd.wap.wml application/xml application/soap+xml application/rss+xml application/atom+xml application/xml-dtd application/xcap-diff+xml image/svg+xml",
  ),
  ...listed(
    "json",
    "application/json application/json-rpc application/problem+json application/x-ndjson application/senml+json",
  ),
  ...listed("ocsp", "application/ocsp-request application/ocsp-response"),
  ...listed("wbxml", "application/vnd.syncml.dm+wbxml application/vnd.ms-sync.wbxml"),
  ...listed("pkixtsp", "application/timestamp-query application/timestamp-reply"),
  ...listed("mime_multipart", "multipart/form-data multipart/mixed multipart/related"),
  ["application/x-www-form-urlencoded", "urlencoded-form"],
  ["application/octet-stream", "data"],
  ["application/pkix-cert", "pkix-cert"],
  ["application/pkix-crl", "x509af"],
  ["application/pkcs7-mime", "cms"],
  ["application/dns-message", "dns"],
  ["application/sdp", "sdp"],
  ["application/grpc", "grpc"],
  ["application/x-amf", "amf"],
  ["application/cbor", "cbor"],
  ["application/ipp", "ipp"],
  ["message/rfc822", "imf"],
  ["message/http", "message-http"],
  ["message/sipfrag", "sipfrag"],
]);

/** Formats that are known by their first bytes. */
const formats: readonly { readonly name: string; readonly first: readonly string[] }[] = [
  { name: "png", first: ["\x89PNG\r\n\x1a\n"] },
  { name: "image-gif", first: ["GIF87a", "GIF89a"] },
  { name: "image-jfif", first: ["\xff\xd8\xff"] },
];
/** Types whose content is not what they say where its first bytes are others. */
const formatOfType: ReadonlyMap<string, string> = new Map([
  ["image/png", "png"],
  ["image/gif", "image-gif"],
  ["image/jpeg", "image-jfif"],
  ["image/jpg", "image-jfif"],
  ["image/tiff", "tiff"],
  ["video/mp4", "mp4"],
]);

/** Messages within messages that are looked into, and bytes of them; of more of them nothing is said. */
const DEEPEST = 200;
const LONGEST = 1024 * 1024;
/** Shorter text is not taken for XML. */
const LEAST_XML = 40;

const typeOf = (value: string): string => /^[^; \t]*/.exec(value.toLowerCase())![0];

const formatOf = (text: string): string | null =>
  formats.find(({ first }) => first.some((one) => text.startsWith(one)))?.name ?? null;

/** Whether content is not what its type says. */
export function isMistyped(layer: Layer): boolean {
  const { bytes } = contentOf(layer);
  const type = headerValue(messageOf(layer), "content-type");
  if (bytes === null || type === undefined) return false;
  const said = formatOfType.get(typeOf(type));
  return said !== undefined && formatOf(readLatin1(bytes, 0, Math.min(16, bytes.length))) !== said;
}

/** What stands behind `http` in `frame.protocols`: what the content is, as far as its type and first bytes say it. */
export function contentNames(layer: Layer): string {
  const { bytes, isThere } = contentOf(layer);
  if (!isThere) return "";
  return bytes === null ? "data" : mediaNames(headerValue(messageOf(layer), "content-type"), bytes);
}

/** The same for content that has left its message; no type where none is said. */
export function mediaNames(type: string | undefined, bytes: Uint8Array): string {
  return namesOf(type, readLatin1(bytes, 0, Math.min(LONGEST, bytes.length)), 0).join(":");
}

/** Names of content of a type; `text` has a character for each byte. */
function namesOf(value: string | undefined, text: string, depth: number): string[] {
  const format = formatOf(text);
  if (value === undefined) return [format ?? "data"];
  const type = typeOf(value);
  const name = type.startsWith("multipart/") ? "mime_multipart" : byType.get(type);
  switch (name) {
    case undefined:
      return [format ?? "media"];
    case "json":
      return isJson(text) ? [name] : [name, "data-text-lines"];
    case "data-text-lines":
      return text.length >= LEAST_XML && text.startsWith("<?xml") ? [name, "xml"] : [name];
    case "mime_multipart":
      return depth > DEEPEST ? [name] : [name, ...partNames(value, text, depth)];
    case "imf":
      return depth > DEEPEST ? [name] : [name, ...entityNames(text, depth, "data-text-lines")];
    default:
      return [name];
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return text.length === LONGEST;
  }
}

/** What the parts of a multipart body are (RFC 2046 §5.1). */
function partNames(value: string, text: string, depth: number): string[] {
  const found = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(value);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) return ["data"];
  const names: string[] = [];
  for (const part of text.split(`--${boundary}`).slice(1)) {
    if (part.startsWith("--")) break;
    const line = part.indexOf("\n");
    const end = part.endsWith("\r\n") ? part.length - 2 : part.length;
    for (const name of entityNames(part.slice(line + 1, end), depth, "data")) names.push(name);
  }
  return names;
}

/** What follows the header of a part or a mail: what its type says, else the usual. */
function entityNames(text: string, depth: number, usual: string): string[] {
  const end = /(?:^|\n)\r?\n/.exec(text);
  if (end === null) return [];
  const header = text.slice(0, end.index).replace(/\r?\n[ \t]+/g, " ");
  const content = text.slice(end.index + end[0].length);
  if (content === "") return [];
  const type = /^content-type:[ \t]*([^\r\n]*)/im.exec(header)?.[1];
  return type === undefined ? [usual] : namesOf(type, content, depth + 1);
}
