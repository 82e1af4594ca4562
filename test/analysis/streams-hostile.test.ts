import { describe, expect, it } from "vitest";
import { applications } from "../../src/analysis/applications.ts";
import { realCaptures } from "../support/corpus.ts";
import { type Piece, readHostile, readPieces } from "./hostile.ts";
import { corpusSamples, portOf, samples } from "./streams-samples.ts";

/** `npm run test:slow` looks at 50,000 streams, and elsewhere every time. */
const slow = process.env["WIRECRAFT_SLOW"] === "1";
const ROUNDS = Math.ceil((slow ? 50_000 : 2000) / applications.length);
const seed = slow ? Date.now() % 1_000_000 : 20_261_121;

const corpus = realCaptures("real streams");
const real = corpus === undefined ? new Map<string, Piece[][]>() : await corpusSamples(corpus, 12);

describe.each(applications)("streams of $name", (application) => {
  const { name } = application;
  const own = samples[name] ?? [];
  const port = portOf(name);

  it("are read as they are", () => {
    expect(own.length).toBeGreaterThan(0);
    for (const pieces of own) {
      const { events } = readPieces(pieces, { port });
      // What another connection has to announce is nobody's here.
      if (application.expects === undefined)
        expect(events.some(({ type }) => type.startsWith(`${name.split("-")[0]}.`))).toBe(true);
    }
  });

  it("made wrong are read to their end, without an exception, and with little kept", () => {
    const all = [...own, ...(real.get(name) ?? [])];
    const result = readHostile(application, all, { applications, port, rounds: ROUNDS, seed });
    expect(result.rounds).toBe(ROUNDS);
    if (application.expects === undefined) expect(result.events).toBeGreaterThan(ROUNDS / 4);
  }, 1_800_000);

  it("under another's port are read so too", () => {
    const other = applications[(applications.indexOf(application) + 1) % applications.length]!;
    const rounds = Math.ceil(ROUNDS / 4);
    const options = { applications, port: portOf(other.name), rounds, seed: seed + 1 };
    expect(readHostile(application, own, options).rounds).toBe(rounds);
  }, 1_800_000);
});
