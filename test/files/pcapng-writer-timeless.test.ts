import { describe, expect, it } from "vitest";
import { PcapngWriter } from "../../src/files/pcapng-writer.ts";
import { NO_TIME } from "../../src/files/record.ts";
import { MICROSECONDS } from "../../src/files/timestamp.ts";
import { ascii, endOfOptions, epb, join, option, readAll, spb } from "./samples.ts";

const data = ascii("hello");
const note = join(option(1, "c"), endOfOptions);

/** A writer with a section and two interfaces of microseconds, already taken. */
function begun(): PcapngWriter {
  const writer = new PcapngWriter();
  writer.interface({ resolution: MICROSECONDS });
  writer.interface({ resolution: MICROSECONDS });
  writer.take();
  return writer;
}

describe("packets without a time", () => {
  it("become simple packet blocks where these can hold them", () => {
    const writer = begun();
    writer.write(data, 0, 5, 5, 0, NO_TIME);
    writer.write(data, 0, 4, 9, 0, NO_TIME);
    writer.write(data, 0, 5, 9, 0, NO_TIME);
    writer.write(data, 0, 5, 5, 0, NO_TIME, 0, { comment: "c" });
    writer.write(data, 0, 5, 5, 0, NO_TIME, 1);
    const file = writer.take();
    expect(file).toEqual(
      join(
        spb(data),
        // Four of nine bytes: the block's length says so.
        spb(data.slice(0, 4), 9),
        // Five of nine would be read as eight, with the padding.
        epb(data, { original: 9 }),
        epb(data, { options: note }),
        epb(data, { id: 1 }),
      ),
    );
  });

  it("are read with the lengths that they were written with, whatever the snaplen", () => {
    for (const snaplen of [0, 1, 3, 4, 5, 6, 8]) {
      for (let captured = 0; captured <= 5; captured++) {
        for (let original = captured; original < 12; original++) {
          const writer = new PcapngWriter({ snaplen });
          writer.write(data, 0, captured, original, 0, NO_TIME);
          const kept = Math.min(captured, snaplen || captured);
          expect(readAll(writer.take()).rows).toMatchObject([
            { bytes: [...data.slice(0, kept)], original },
          ]);
        }
      }
    }
  });

  it("are given with add() too, of any object with the numbers of a packet", () => {
    const packet = { data, start: 1, end: 5, originalLength: 4, seconds: 0, nanoseconds: -1 };
    const writer = begun();
    writer.add(packet);
    writer.add({ ...packet, nanoseconds: 7000 });
    writer.add(packet, 1, { comment: "c" });
    const rest = data.slice(1);
    const expected = [spb(rest), epb(rest, { units: 7n }), epb(rest, { id: 1, options: note })];
    expect(writer.take()).toEqual(join(...expected));
  });

  it("get the first time that an offset in the future leaves", () => {
    const writer = new PcapngWriter({ timeOffset: 100 });
    writer.write(data, 0, 5, 9, 0, NO_TIME);
    expect(readAll(writer.take()).rows[0]?.time).toBe("100.000000000");
  });
});
