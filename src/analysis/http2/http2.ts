import { readUint } from "../../bytes/numbers.ts";
import { FRAME_HEADER, isFrameHeader } from "../../protocols/application/http2/frame.ts";
import { http2 } from "../../protocols/application/http2/http2.ts";
import { http2Preface, PREFACE, prefaceAt } from "../../protocols/application/http2/preface.ts";
import type { Application, FirstBytes, Verdict } from "../application.ts";
import { isFirstSettings, SideReader } from "./reader.ts";
import { Http2Session } from "./session.ts";

/** Bytes of a server's first settings: nobody has more than a dozen of them. */
const MOST_SETTINGS = 72;

function guess({ inputs, isExpected }: FirstBytes): Verdict {
  let verdict: Verdict = "no";
  for (const input of inputs) {
    const { bytes, start, end, available } = input;
    const begun = prefaceAt(bytes, start, end);
    if (begun === PREFACE.length) return "yes";
    if (begun > 0 && begun === available) verdict = "more";
  }
  if (verdict === "more") return verdict;
  for (const input of inputs) {
    const { bytes, start, available } = input;
    if (isFirstSettings(input) && readUint(bytes, start, 3) <= MOST_SETTINGS) return "yes";
    if (!isExpected || available === 0) continue;
    if (available < FRAME_HEADER) verdict = "more";
    else if (isFrameHeader(bytes, start)) return "yes";
  }
  return verdict;
}

/**
 * HTTP/2 without encryption, or where somebody else took that off (RFC 9113). It is known by the preface of the client, or
 * the settings that a server begins with; an Upgrade of HTTP/1.1 leads to it too.
 */
export const http2Application: Application = {
  name: "http2",
  ports: [],
  protocols: [http2, http2Preface],
  guess,
  read(connection) {
    const session = new Http2Session(connection);
    const [{ bytes, start, end }] = connection.inputs;
    if (prefaceAt(bytes, start, end) === PREFACE.length) session.isFromStart = true;
    return [new SideReader(session, 0).read(), new SideReader(session, 1).read()];
  },
};
