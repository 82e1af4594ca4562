import { describe, expect, test } from "vitest";
import { MessageWriter, messagesOf } from "../../src/live/native/netlink-message.ts";
import {
  channelOf,
  channelsOf,
  modeOf,
  writeCardQuery,
  writeInterfaceQuery,
  writeMode,
  writeTuning,
} from "../../src/live/native/nl80211.ts";
import {
  channelNamed,
  channels,
  setChannel,
  setMonitor,
  wlanMode,
} from "../../src/live/wireless.ts";

console.log("not tested: modes and channels of a real wireless card, only their messages");

const written = (write: (writer: MessageWriter) => void): string => {
  const writer = new MessageWriter().begin(30, 5, 1);
  write(writer);
  return writer.end().written().subarray(16).toString("hex");
};
const answer = (write: (writer: MessageWriter) => void) => {
  const writer = new MessageWriter().begin(30, 2, 1).bytes([3, 1, 0, 0]);
  write(writer);
  return [...messagesOf(writer.end().written())][0]!;
};

describe("messages to wireless cards", () => {
  test("have commands, the interface, and numbers of linux/nl80211.h", () => {
    const index = "08000300" + "07000000";
    expect(written((w) => writeInterfaceQuery(w, 7))).toBe(`05000000${index}`);
    expect(written((w) => writeCardQuery(w, 7))).toBe(`01000000${index}0400ae00`);
    expect(written((w) => writeMode(w, 7, "monitor"))).toBe(`06000000${index}0800050006000000`);
    expect(written((w) => writeMode(w, 7, "managed"))).toBe(`06000000${index}0800050002000000`);
    expect(written((w) => writeTuning(w, 7, { frequency: 2437, width: 20 }))).toBe(
      ["41000000", index, "0800260085090000", "08009f0000000000", "0800a00085090000"].join(""),
    );
    expect(written((w) => writeTuning(w, 7, { frequency: 5180, width: 80, center: 5210 }))).toBe(
      ["41000000", index, "080026003c140000", "08009f0003000000", "0800a0005a140000"].join(""),
    );
  });
});

describe("answers of wireless cards", () => {
  test("say what an interface is", () => {
    expect(modeOf(answer((w) => w.u32(5, 6)))).toBe("monitor");
    expect(modeOf(answer((w) => w.u32(5, 2)))).toBe("managed");
    expect(modeOf(answer((w) => w.u32(5, 77)))).toBe("unknown");
    expect(modeOf(answer(() => {}))).toBe("unknown");
  });

  /** A band with frequencies, each a list of attributes. */
  const band = (number: number, frequencies: ((w: MessageWriter) => void)[]) =>
    answer((w) =>
      w.nested(22, (bands) =>
        bands.nested(number, (one) =>
          one.nested(1, (list) => {
            for (const [i, write] of frequencies.entries()) list.nested(i, write);
          }),
        ),
      ),
    );
  const answers = [
    answer((w) => w.text(2, "phy0")),
    band(1, [(w) => w.u32(1, 5180).u32(6, 2300), (w) => w.u32(1, 5260).flag(3).flag(5)]),
    band(0, [(w) => w.u32(1, 2412).u32(6, 2000)]),
    band(0, [(w) => w.u32(1, 2484).flag(2), (w) => w.u32(6, 1)]),
    band(3, [(w) => w.u32(1, 5955)]),
    band(99, [(w) => w.u32(1, 9999)]),
  ];

  test("list channels, in pieces and bands", () => {
    const all = channelsOf(answers);
    expect(all.map((one) => [one.channel, one.frequency, one.band, one.maxPower])).toEqual([
      [1, 2412, "2.4", 20],
      [14, 2484, "2.4", undefined],
      [36, 5180, "5", 23],
      [52, 5260, "5", undefined],
      [1, 5955, "6", undefined],
    ]);
    expect(all.map((one) => [one.disabled, one.passive, one.radar].map(Number).join(""))).toEqual([
      "000",
      "100",
      "000",
      "011",
      "000",
    ]);
    expect(channelNamed(all, "wlan0", 1).frequency).toBe(2412);
    expect(channelNamed(all, "wlan0", 1, "6").frequency).toBe(5955);
    expect(() => channelNamed(all, "wlan0", 7)).toThrow(
      new RangeError("channel: wlan0 has no 7; it has 1, 14, 36, 52"),
    );
    expect(() => channelNamed(all, "wlan0", 36, "6")).toThrow("no 36 in the band of 6 GHz");
  });

  test.each([
    [2412, 1],
    [2472, 13],
    [2484, 14],
    [4920, 184],
    [5180, 36],
    [5825, 165],
    [5935, 2],
    [5955, 1],
    [7115, 233],
    [58320, 1],
    [69120, 6],
    [900, 0],
  ])("%i MHz is channel %i", (frequency, channel) => {
    expect(channelOf(frequency)).toBe(channel);
  });
});

describe.skipIf(process.platform !== "linux")("an interface that is not wireless", () => {
  const refusal = expect.objectContaining({ code: "ERR_DEVICE_SUPPORT", device: "lo" });

  test("says so to whatever is asked", () => {
    expect(() => wlanMode("lo")).toThrow(refusal);
    expect(() => channels("lo")).toThrow(refusal);
    expect(() => setChannel("lo", 1)).toThrow(refusal);
    expect(() => wlanMode("nowhere0")).toThrow(
      expect.objectContaining({ code: "ERR_DEVICE_MISSING" }),
    );
    expect(() => setMonitor("nowhere0")).toThrow(
      expect.objectContaining({ code: "ERR_DEVICE_MISSING" }),
    );
  });

  test("is not asked for a wide channel without its middle", () => {
    expect(() => setChannel("lo", 36, { width: 80 })).toThrow(TypeError);
  });
});
