import { http } from "../../protocols/application/http/http.ts";
import { lineLimit } from "../../protocols/application/http/text.ts";
import { readLatin1 } from "../../schema/value.ts";
import type { Application, FirstBytes, Verdict } from "../application.ts";
import type { SideInput } from "../input.ts";
import { HttpExchanges } from "./exchanges.ts";
import { HttpReader } from "./reader.ts";
import { mayBegin, requestLineOf, statusLineOf } from "./start-line.ts";

/** Bytes of a first line that are looked at. */
const LONGEST = 4096;

/** What the first line of a side says. Without a port that stands for it, a request needs a version to be one. */
function guessSide({ bytes, start, end }: SideInput, isExpected: boolean): Verdict {
  let from = start;
  while (from < end && (bytes[from] === 13 || bytes[from] === 10)) from++;
  if (from === end) return "more";
  const stop = Math.min(end, from + LONGEST);
  const limit = lineLimit(bytes, from, stop);
  const text = readLatin1(bytes, from, limit);
  if (limit === stop) return mayBegin(text) ? "more" : "no";
  if (statusLineOf(text) !== null) return "yes";
  const request = requestLineOf(text);
  return request !== null && (isExpected || request.version !== "0.9") ? "yes" : "no";
}

function guess({ inputs, isExpected }: FirstBytes): Verdict {
  const verdicts = inputs
    .filter(({ available }) => available > 0)
    .map((input) => guessSide(input, isExpected));
  // On its port the beginning of a capture may lie inside of a message.
  if (verdicts.includes("no")) return isExpected ? "perhaps" : "no";
  return verdicts.includes("yes") ? "yes" : "more";
}

/** HTTP/1.1 and before (RFC 9112). */
export const httpApplication: Application = {
  name: "http",
  ports: [80, 8080],
  protocols: [http],
  guess,
  read(connection) {
    const exchanges = new HttpExchanges(connection);
    const [client, server] = connection.inputs;
    return [new HttpReader(exchanges, client).read(), new HttpReader(exchanges, server).read()];
  },
};
