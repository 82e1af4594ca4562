import { describe, expect, it } from "vitest";
import { bits, flags, part, u8 } from "../../src/schema/field.ts";
import { protocol } from "../../src/schema/protocol.ts";
import { built, hex, packetOf, viewIn } from "../support/packets.ts";

const demo = protocol({ name: "demo", title: "Demo" }).fields({
  offset: bits(4, "Offset"),
  flags: flags(12, { reserved: part(3, "R"), ack: "Ack", mode: part(2, "Mode"), fin: "Fin" }, "F"),
  after: u8("After"),
});

describe("flags", () => {
  it("are a number and a value a part, those of several bits a number", () => {
    // surplus 5 bits, reserved 3, ack 1, mode 2, fin 1
    const { flags: f } = viewIn("5 05d ff", demo);
    expect(f.value).toBe(0x05d);
    expect([f.reserved, f.ack, f.mode, f.fin]).toEqual([5, true, 2, true]);
  });

  it("show as JSON what they are", () => {
    expect(JSON.parse(JSON.stringify(viewIn("505dff", demo).flags))).toEqual({
      value: 0x5d,
      reserved: 5,
      ack: true,
      mode: 2,
      fin: true,
    });
  });

  it("are built from a number, from parts, and from a number with parts over it", () => {
    expect(built(demo({ flags: 0xfff }))).toBe("0fff00");
    expect(built(demo({ flags: { ack: true, mode: 3 } }))).toBe("000e00");
    expect(built(demo({ flags: { value: 0xff0, fin: true } }))).toBe("0ff100");
  });

  it("that are not named keep the default", () => {
    const some = protocol({ name: "demo", title: "Demo" }).fields({
      flags: flags(8, { a: "A", b: "B", c: "C" }, "F", { default: { a: true, b: true } }),
    });
    expect(built(some())).toBe("06");
    expect(built(some({ flags: { b: false, c: true } }))).toBe("05");
    expect(built(some({ flags: 0 }))).toBe("00");
  });

  it("are set one by one in place, and the neighbours' bits stay", () => {
    const packet = packetOf("f05dff", demo);
    const view = packet.require(demo);
    view.flags.ack = false;
    view.flags.mode = 1;
    expect(hex(packet.data)).toBe("f053ff");
    view.flags.value = 0xfff;
    expect(hex(packet.data)).toBe("ffffff");
    view.flags = { fin: true } as never;
    expect(view.flags.fin).toBe(true);
  });

  it("show what was just set in the same object", () => {
    const { flags: f } = viewIn("f05dff", demo);
    f.ack = false;
    f.reserved = 0;
    expect([f.ack, f.reserved, f.value]).toEqual([false, 0, 0x05]);
  });

  it.each([
    [{ flags: 4096 }, RangeError, "demo.flags: 4096 is not in 0..4095"],
    [{ flags: { mode: 4 } }, RangeError, "demo.flags.mode: 4 is not in 0..3"],
    [{ flags: { nope: true } }, TypeError, "demo.flags: no flag 'nope'"],
    [{ flags: true }, TypeError, "demo.flags: a number or an object of flags is wanted, not true"],
  ])("refuse %j", (values, kind, message) => {
    expect(() => built(demo(values as never))).toThrow(kind);
    expect(() => built(demo(values as never))).toThrow(message);
  });

  it("change nothing when a value is refused in place", () => {
    const packet = packetOf("f05dff", demo);
    const { flags: f } = packet.require(demo);
    expect(() => {
      f.mode = 4;
    }).toThrow("demo.flags.mode: 4 is not in 0..3");
    expect(() => {
      f.value = -1;
    }).toThrow("demo.flags: -1 is not in 0..4095");
    expect([hex(packet.data), f.value]).toEqual(["f05dff", 0x05d]);
  });

  it("of 32 bits keep the highest", () => {
    const wide = protocol({ name: "demo", title: "Demo" }).fields({
      f: flags(32, { high: "High", rest: part(30, "Rest"), low: "Low" }, "F"),
    });
    const view = viewIn("80000001", wide);
    expect([view.f.value, view.f.high, view.f.rest, view.f.low]).toEqual([
      0x80000001,
      true,
      0,
      true,
    ]);
    view.f.rest = 0x3fffffff;
    expect(view.f.value).toBe(0xffffffff);
    expect(built(wide({ f: { high: true } }))).toBe("80000000");
  });

  it("cannot name more bits than there are, nor more than 32", () => {
    expect(() => flags(2, { a: "A", b: part(2, "B") }, "F")).toThrow("3 bits named in 2");
    expect(() => flags(33, { a: "A" }, "F")).toThrow("33 bits, 32 at most");
  });

  it("cannot have a part under a name that the object needs itself", () => {
    for (const name of ["value", "change", "toJSON"])
      expect(() => flags(8, { [name]: "X" }, "F")).toThrow(TypeError);
  });
});
