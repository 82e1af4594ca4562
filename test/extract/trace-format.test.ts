import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { traceFormats } from "../../src/extract/trace-format.ts";
import { reports } from "../../src/report/reports.ts";
import { readAll } from "../files/samples.ts";

const session = new Uint8Array(readFileSync("examples/session.pcap"));
const source = { linkType: 1, snaplen: 262_144, nanoseconds: false, littleEndian: true };

describe("formats of traces", () => {
  it("are all reports that can be begun at any time and leave something to read", () => {
    const left = [...reports.keys()].filter((name) => !traceFormats.has(name));
    expect(left).toEqual(["parquet", "null"]);
    const ofOne = [...traceFormats].filter(([, { oneLinkType }]) => oneLinkType);
    expect(ofOne.map(([name]) => name)).toEqual(["pcap", "cap"]);
  });

  it.each([...traceFormats.keys()])(
    "%s gives its bytes in as many pieces as are asked for",
    (name) => {
      const format = traceFormats.get(name)!;
      const made = [1, 7, 1000].map((often) => {
        const encoder = format.encoder(source);
        const pieces: Uint8Array[] = [];
        const take = (): void => {
          const waiting = encoder.size;
          const piece = encoder.take();
          expect(encoder.size).toBe(0);
          // Of text it is the characters that are counted.
          expect(piece.length).toBeGreaterThanOrEqual(waiting);
          pieces.push(piece);
        };
        for (const packet of openCapture(session)) {
          encoder.add(packet);
          if (packet.number % often === 0) take();
        }
        encoder.end();
        take();
        return Buffer.concat(pieces);
      });
      expect(made[1]!.equals(made[0]!)).toBe(true);
      expect(made[2]!.equals(made[0]!)).toBe(true);
      expect(made[0]!.length).toBeGreaterThan(1000);
    },
  );

  it.each(["pcap", "pcapng"])("%s has the frames that it was given", (name) => {
    const encoder = traceFormats.get(name)!.encoder(source);
    for (const packet of openCapture(session)) encoder.add(packet);
    encoder.end();
    const told = (file: Uint8Array): unknown =>
      readAll(file).rows.map(({ bytes, original, time }) => ({ bytes, original, time }));
    expect(told(encoder.take())).toEqual(told(session));
  });
});
