import { protocol } from "../../../schema/protocol.ts";
import { tcpPorts } from "../../transport/tcp.ts";
import { http2 } from "./http2.ts";

/** What a client's side of a connection begins with (RFC 9113 §3.4). */
export const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** How many bytes of the preface stand here: all where it is whole, fewer where the bytes end in it, 0 for others. */
export function prefaceAt(bytes: Uint8Array, start: number, end: number): number {
  const size = Math.min(end - start, PREFACE.length);
  for (let i = 0; i < size; i++) if (bytes[start + i] !== PREFACE.charCodeAt(i)) return 0;
  return Math.max(0, size);
}

/** The preface of a client, and its first frames behind it. It is found on any port: nothing else begins so. */
export const http2Preface = protocol({
  name: "http2Preface",
  label: "HTTP2-Preface",
  title: "HTTP/2 Connection Preface",
  spec: "RFC 9113 §3.4",
  filter: "http2",
  over: [tcpPorts.guess()],
  test: (bytes, start, end) => prefaceAt(bytes, start, end) === PREFACE.length,
})
  .text("magic", "Magic", PREFACE.length, { default: PREFACE, valid: () => PREFACE })
  .payload({ next: http2 });
