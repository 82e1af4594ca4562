import { describe, expect, it } from "vitest";
import { createDissector } from "../../src/packet/dissector.ts";
import type { Codec } from "../../src/schema/codec.ts";
import { coded, flags, part, u8, u16, u32 } from "../../src/schema/field.ts";
import { protocol, record } from "../../src/schema/protocol.ts";
import { table } from "../../src/schema/table.ts";
import { at, variants } from "../../src/schema/variants.ts";
import { built, bytes, hex, packetOf, rebuilt, valuesIn, viewIn } from "../support/packets.ts";

const base = protocol({ name: "msg", title: "Message" }).fields({
  type: u8("Type"),
  code: u8("Code"),
});
const msg = variants(
  base,
  "type",
  {
    echo: at([8, 0], base.fields({ id: u16("Id"), seq: u16("Seq") })),
    mask: at(17, base.fields({ mask: u32("Mask") }).bytes("more", "More", 2)),
    empty: at(3, base),
  },
  base.bytes("data", "Data"),
);

describe("a protocol with cases", () => {
  it("goes on by the value of its selector", () => {
    const echo = viewIn("08 00 0001 0002", msg);
    expect(echo.is === "echo" && [echo.id, echo.seq]).toEqual([1, 2]);
    expect(viewIn("00 00 0001 0002", msg).is).toBe("echo");
    expect(viewIn("11 00 00000001 aabb", msg).is).toBe("mask");
    expect(viewIn("03 00", msg).is).toBe("empty");
    const other = viewIn("63 00 aabb", msg);
    expect(other.is === "unknown" && other.data).toEqual(bytes("aabb"));
  });

  it("takes the unknown case where the bytes are too short for the one that is named", () => {
    const short = viewIn("08 00 000100", msg);
    expect(short.is === "unknown" && short.data).toEqual(bytes("000100"));
    expect(packetOf("08", msg).first).toBeNull();
    expect(packetOf("08", msg).error).toMatchObject({
      kind: "truncated",
      protocol: "msg",
      available: 1,
    });
  });

  it("keeps the case where only a later variable part is cut off", () => {
    const packet = packetOf("11 00 00000001 aa", msg);
    const view = packet.require(msg);
    expect(view.is === "mask" && [view.mask, view.more]).toEqual([1, undefined]);
    expect(packet.error).toMatchObject({ kind: "truncated", field: "more", offset: 6 });
  });

  it("is built by case, by `is`, or by the selector's value", () => {
    expect(built(msg.echo({ id: 1, seq: 2 }))).toBe("080000010002");
    expect(built(msg.echo({ type: 0, id: 1, seq: 2 }))).toBe("000000010002");
    expect(built(msg({ is: "echo", id: 1 }))).toBe("080000010000");
    expect(built(msg({ type: 0, id: 1 }))).toBe("000000010000");
    expect(built(msg({ type: 99, data: bytes("aa") }))).toBe("6300aa");
    expect(built(msg({ is: "unknown", type: 8, data: bytes("aa") }))).toBe("0800aa");
    expect(built(msg.empty())).toBe("0300");
    expect(built(msg())).toBe("0000");
  });

  it("refuses fields of another case and cases that there are not", () => {
    expect(() => built(msg.empty({ id: 1 } as never))).toThrow("msg: no field 'id'");
    expect(() => built(msg({ is: "nope" } as never))).toThrow("msg: no case 'nope'");
  });

  it("is found as a whole and by case", () => {
    const packet = packetOf("08 00 0001 0002", msg);
    expect(packet.get(msg)?.is).toBe("echo");
    expect(packet.get(msg.echo)?.id).toBe(1);
    expect(packet.get(msg.mask)).toBeUndefined();
    expect(packet.get("MSG")?.["is"]).toBe("echo");
    expect(packet.get(msg, msg.echo)).toBeUndefined();
    expect(packet.require(msg.echo)).toBe(packet.require(msg));
    expect(packet.chain.includes(msg)).toBe(true);
    expect(String(packet.chain)).toBe("MSG");
  });

  it("re-emits what it was", () => {
    for (const text of [
      "080000010002",
      "0000000100",
      "63ffaabb",
      "1100000000011",
      "0300aabb",
      "1100aa",
    ])
      if (text.length % 2 === 0) expect(hex(rebuilt(packetOf(text, msg)))).toBe(text);
    expect(valuesIn("000000010002", msg)).toEqual({ is: "echo", type: 0, code: 0, id: 1, seq: 2 });
  });

  it("may have payloads of its own case by case", () => {
    const numbers = table("msg.next");
    const top = protocol({ name: "top", title: "Top", over: [numbers.at(5)] }).fields({
      x: u8("X"),
    });
    const carrier = variants(
      base,
      "type",
      {
        carry: at(
          1,
          base.fields({ next: u8("Next") }).payload({ next: { table: numbers, by: "next" } }),
        ),
        direct: at(2, base.payload({ next: top })),
      },
      base,
    );
    const dissector = createDissector([carrier, top]);
    expect(String(dissector.dissect(bytes("01 00 05 aa".replaceAll(" ", "")), carrier).chain)).toBe(
      "MSG:TOP",
    );
    expect(String(dissector.dissect(bytes("010006aa"), carrier).chain)).toBe("MSG");
    expect(String(dissector.dissect(bytes("0200aa"), carrier).chain)).toBe("MSG:TOP");
    expect(dissector.dissect(bytes("0300aa"), carrier).raw).toEqual(bytes("aa"));
  });

  it("refuses cases that do not begin as it does", () => {
    const other = protocol({ name: "msg", title: "M" }).fields({ type: u8("Type") });
    expect(() => variants(base, "type", { bad: at(1, other) }, base)).toThrow(
      "msg: case 'bad' does not begin with the common fields",
    );
    expect(() => variants(base, "type", {}, other)).toThrow("case 'unknown'");
  });

  it("cannot be told whether a name is a case or a member of the declaration", () => {
    for (const name of ["schema", "unknown"])
      expect(() => variants(base, "type", { [name]: at(1, base) }, base)).toThrow(TypeError);
  });
});

describe("records with cases", () => {
  const kind = record("demo.option", "Option").fields({ kind: u8("Kind") });
  const sized = kind.fields({ length: u8("Length") }).header({ field: "length" });
  const option = variants(
    kind,
    "kind",
    {
      end: at(0, kind),
      nop: at(1, kind),
      mss: at(2, sized.fields({ mss: u16("MSS") })),
      stamp: at(8, sized.fields({ value: u32("Value"), echo: u32("Echo") })),
    },
    sized.bytes("data", "Data"),
  );
  const demo = protocol({ name: "demo", title: "Demo" }).list("options", "Options", option);

  it("are told apart item by item", () => {
    const view = viewIn("01 0204 05b4 fe03aa 00", demo);
    expect(view.options.map((o) => o.is)).toEqual(["nop", "mss", "unknown", "end"]);
    const mss = view.options[1];
    expect(mss?.is === "mss" && mss.mss).toBe(1460);
  });

  it("are the unknown case where their length is too short for the one that is named", () => {
    const view = viewIn("0203aa 01", demo);
    expect(view.options.map((o) => o.is)).toEqual(["unknown", "nop"]);
    const first = view.options[0];
    expect(first?.is === "unknown" && first.data).toEqual(bytes("aa"));
    expect(viewIn("0803aa 01", demo).options.map((o) => o.is)).toEqual(["unknown", "nop"]);
  });

  it("keep the surplus where their length is too long", () => {
    expect(valuesIn("0206 05b4 aabb 01", demo)["options"]).toEqual([
      { is: "mss", kind: 2, length: 6, mss: 1460, rest: bytes("aabb") },
      { is: "nop", kind: 1 },
    ]);
  });

  it("whose length is less than the common part end the list", () => {
    const packet = packetOf("01 0201 05b4", demo);
    expect(packet.require(demo).options.map((o) => o.is)).toEqual(["nop"]);
    expect(packet.error).toMatchObject({ field: "options", offset: 1 });
  });

  it("are built from recipes and values, with their lengths and kinds", () => {
    expect(
      built(
        demo({
          options: [
            option.mss({ mss: 1460 }),
            option.nop(),
            { is: "end" },
            { kind: 77, data: bytes("aa") },
          ],
        }),
      ),
    ).toBe("020405b40100" + "4d03aa");
  });

  it("re-emit what they were", () => {
    for (const text of ["020405b4", "0203aa01", "020605b4aabb01", "010201", "fe03aa00", "08"])
      expect(hex(rebuilt(packetOf(text, demo)))).toBe(text);
  });
});

describe("cases of cases", () => {
  const kind = record("demo.option", "Option")
    .fields({ kind: u8("Kind"), length: u8("Length") })
    .header({ field: "length" });
  const sub = kind.fields({ sub: u8("Sub") });
  const inner = variants(
    sub,
    "sub",
    { join: at(1, sub.fields({ token: u16("Token") })), drop: at(2, sub) },
    sub.bytes("rest2", "Rest"),
  );
  const option = variants(
    kind,
    "kind",
    { nested: at(30, inner), plain: at(2, kind.fields({ x: u8("X") })) },
    kind.bytes("data", "Data"),
  );
  const demo = protocol({ name: "demo", title: "Demo" }).list("options", "Options", option);

  it("are told apart by the innermost name", () => {
    const view = viewIn("1e05 01 aabb 1e03 02 0203 09 1e04 09 ff 6302", demo);
    expect(view.options.map((o) => o.is)).toEqual(["join", "drop", "plain", "unknown", "unknown"]);
    const join = view.options[0];
    expect(join?.is === "join" && join.token).toBe(0xaabb);
  });

  it("fall back inside their case where they are too short for the one that is named", () => {
    const view = viewIn("1e04 01 aa", demo).options[0];
    expect(view?.is).toBe("unknown");
    expect(view && "rest2" in view && view.rest2).toEqual(bytes("aa"));
    const shorter = viewIn("1e02", demo).options[0];
    expect(shorter && "data" in shorter && shorter.data).toEqual(new Uint8Array());
  });

  it("are built by name, from the outside and the inside", () => {
    expect(built(demo({ options: [{ is: "join", token: 0xaabb }] }))).toBe("1e0501aabb");
    expect(built(demo({ options: [option.nested({ is: "drop" })] }))).toBe("1e0302");
    expect(built(demo({ options: [option.nested({ sub: 1, token: 1 })] }))).toBe("1e05010001");
    expect(built(demo({ options: [{ kind: 30, sub: 2 } as never] }))).toBe("1e0302");
  });

  it("re-emit what they were, the unknown ones too", () => {
    for (const text of ["1e0501aabb", "1e0409ff", "1e0302", "1e0401aa", "1e02", "6303aa"])
      expect(hex(rebuilt(packetOf(text, demo)))).toBe(text);
  });

  it("are found as layers by the whole, by their case and by themselves", () => {
    const b = protocol({ name: "p", title: "P" }).fields({ a: u8("A") });
    const c = b.fields({ b: u8("B") });
    const nested = variants(c, "b", { deep: at(1, c.fields({ d: u8("D") })) }, c);
    const p = variants(b, "a", { mid: at(1, nested), leaf: at(2, b) }, b);
    const packet = packetOf("01 01 05", p);
    expect(packet.get(p)?.is).toBe("deep");
    expect(packet.get(p.mid)?.is).toBe("deep");
    expect(packet.get(p.leaf)).toBeUndefined();
    const { deep } = p.mid as unknown as { deep: typeof p.mid };
    expect(packet.get(deep)?.is).toBe("deep");
    expect(packetOf("02 00", p).get(p.mid)).toBeUndefined();
    expect(packetOf("01 07", p).get(p.mid)?.is).toBe("unknown");
  });
});

/** A name of labels, as in DNS but without compression. */
const labels: Codec<string> = {
  name: "labels",
  measure: (b, start, end) => {
    for (let o = start; o < end; o += b[o]! + 1) if (b[o] === 0) return o + 1 - start;
    return -1;
  },
  read: (b, start, end) => {
    const found: string[] = [];
    for (let o = start; o < end && b[o] !== 0; o += b[o]! + 1)
      found.push(String.fromCharCode(...b.subarray(o + 1, o + 1 + b[o]!)));
    return found.join(".");
  },
  write: (out, value) => {
    for (const label of value === "" ? [] : value.split(".")) {
      out.uint(label.length, 1);
      out.latin1(label);
    }
    out.uint(0, 1);
  },
  initial: "",
};

describe("a selector behind a variable part", () => {
  const name = record("dns.rr", "RR")
    .fields({ name: coded(labels, "Name") })
    .fields({ type: u16("Type"), size: u16("Size") });
  const rr = variants(
    name,
    "type",
    {
      a: at(1, name.fields({ address: u32("Address") })),
      mx: at(
        15,
        name.fields({ preference: u16("Pref") }).fields({ exchange: coded(labels, "Exchange") }),
      ),
    },
    name.bytes("data", "Data", { field: "size" }),
  );
  const sized = protocol({ name: "dns", title: "DNS" })
    .fields({ n: u8("N") })
    .list("records", "Records", rr, { count: { field: "n" } })
    .fields({ after: u8("After") });

  it("decides as one in the head does", () => {
    const view = viewIn(
      "03 0161 00 0001 0004 c0000201 00 000f 0005 000a 0162 00 0163 00 0063 0001 ff 07",
      sized,
    );
    expect(view.records.map((r) => r.is)).toEqual(["a", "mx", "unknown"]);
    const [a, mx, other] = view.records;
    expect(a?.is === "a" && [a.name, a.address]).toEqual(["a", 0xc0000201]);
    expect(mx?.is === "mx" && [mx.name, mx.preference, mx.exchange]).toEqual(["", 10, "b"]);
    expect(other?.is === "unknown" && [other.name, other.data]).toEqual(["c", bytes("ff")]);
    expect(view.after).toBe(7);
  });

  it("falls back to the unknown case where the named one does not fit", () => {
    const single = protocol({ name: "dns", title: "DNS" }).record("rr", "RR", rr);
    const view = viewIn("0161 00 0001 0002 aabb", single).rr;
    expect(view?.is === "unknown" && view.data).toEqual(bytes("aabb"));
    expect(packetOf("0161 00 00", single).require(single).rr).toBeUndefined();
  });

  it("is written when a case is built", () => {
    expect(built(sized({ records: [rr.a({ name: "a", address: 1 })] }))).toBe(
      "01" + "016100" + "0001" + "0000" + "00000001" + "00",
    );
    expect(built(sized({ records: [{ is: "mx", exchange: "b.c" }] }))).toBe(
      "01" + "00" + "000f" + "0000" + "0000" + "0162016300" + "00",
    );
  });
});

describe("flags as a selector", () => {
  it("choose by their number", () => {
    const simple = record("demo.o", "O").fields({
      type: flags(8, { action: part(2, "Action"), low: part(6, "Low") }, "Type"),
    });
    const option = variants(
      simple,
      "type",
      { five: at(5, simple.fields({ x: u8("X") })), skip: at(0x45, simple) },
      simple,
    );
    const demo = protocol({ name: "demo", title: "Demo" }).list("options", "Options", option);
    expect(viewIn("05 01 45 80", demo).options.map((o) => o.is)).toEqual([
      "five",
      "skip",
      "unknown",
    ]);
    expect(
      built(demo({ options: [option.five({ x: 1 }), option.skip(), { type: 5, x: 2 } as never] })),
    ).toBe("0501450502");
  });
});
