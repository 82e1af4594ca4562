import { describe, expect, test } from "vitest";
import { CaptureError } from "../../src/files/errors.ts";
import type { PacketFilter, PacketSink } from "../../src/live/source.ts";
import { PacketWindow } from "../../src/live/subprocess-packets.ts";

describe("packets that come in pieces", () => {
  /** A capture of packets that hold their number as often as it says. */
  const capture = (count: number): Buffer => {
    const header = Buffer.alloc(24);
    header.writeUInt32LE(0xa1b23c4d, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(276, 20);
    const records = Array.from({ length: count }, (_, i) => {
      const record = Buffer.alloc(16 + i, i);
      for (const [at, value] of [i, i, i, i + 7].entries()) record.writeUInt32LE(value, at * 4);
      return record;
    });
    return Buffer.concat([header, ...records]);
  };

  test("are whole, wherever the pieces were cut", () => {
    const bytes = capture(40);
    for (let size = 1; size < 200; size++) {
      const window = new PacketWindow();
      const lengths: number[] = [];
      let told = 0;
      const sink: PacketSink = {
        packet(b, start, end, length, seconds, nanoseconds) {
          const i = lengths.length;
          expect([end - start, length, seconds, nanoseconds]).toEqual([i, i + 7, i, i]);
          expect(b.subarray(start, end).every((byte) => byte === i)).toBe(true);
          lengths.push(i);
        },
      };
      for (let at = 0; at < bytes.length; at += size) {
        told += window.push(bytes.subarray(at, at + size));
        while (!window.isEmpty) window.hand(sink, 3, null);
      }
      expect([lengths.length, told, window.linkType]).toEqual([40, 40, 276]);
    }
  });

  test("are let through by a filter", () => {
    const window = new PacketWindow();
    window.push(capture(10));
    const seen: number[] = [];
    const sink: PacketSink = { packet: (_, start, end) => seen.push(end - start) };
    const filter: PacketFilter = {
      filter: (bytes, length) => bytes.length % 2 === 1 && length! > 9,
    };
    expect(window.hand(sink, 2, filter)).toBe(2);
    expect(window.hand(sink, 100, filter)).toBe(2);
    expect(seen).toEqual([3, 5, 7, 9]);
  });

  test("are handed out up to a fault", () => {
    const bytes = Buffer.concat([capture(3), Buffer.alloc(16, 0xff), Buffer.alloc(100)]);
    const window = new PacketWindow();
    expect(() => window.push(bytes)).toThrow(CaptureError);
    let count = 0;
    window.hand({ packet: () => count++ }, 10, null);
    expect([count, window.isEmpty]).toEqual([3, true]);
    expect(() => new PacketWindow().push(Buffer.alloc(100, 1))).toThrow(CaptureError);
  });
});
