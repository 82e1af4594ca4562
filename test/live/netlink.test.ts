import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { familyOf, NetlinkError, Protocol, withNetlink } from "../../src/live/native/netlink.ts";
import {
  acknowledgementOf,
  attributesOf,
  be32Of,
  eachAttribute,
  Flag,
  MessageWriter,
  messagesOf,
  textOf,
  u32Of,
} from "../../src/live/native/netlink-message.ts";
import { queuedPacketOf, writeBind, writeVerdict } from "../../src/live/native/nfqueue.ts";
import { queuesFault } from "../../src/live/packet-queue.ts";

const isLinux = process.platform === "linux";
const isRoot = isLinux && process.getuid?.() === 0;
if (!isRoot) console.log("skipped: the kernel's answers to netlink that want Linux and root");

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ""), "hex");
const message = (hex: string) => [...messagesOf(bytes(hex))][0]!;

describe("a netlink message", () => {
  test("is a header, a fixed part, and attributes that begin at multiples of four", () => {
    const writer = new MessageWriter(1).begin(0x13, Flag.REQUEST | Flag.ACK, 7);
    writer.bytes([1, 2, 3, 4]).text(3, "lo").u32(4, 0x01020304).be32(5, 0x01020304).flag(6);
    writer.nested(7, (inner) => inner.u32(1, 2).attribute(2, [255, 254, 253])).end();
    expect(writer.written().toString("hex")).toBe(
      [
        "44000000130005000700000000000000", // length, type, flags, sequence, port
        "01020304",
        "070003006c6f0000",
        "0800040004030201",
        "0800050001020304",
        "04000600",
        "14000780", // nested
        ["0800010002000000", "07000200fffefd00"].join(""),
      ].join(""),
    );
  });

  test("may have others behind it, and comes back as it was written", () => {
    const writer = new MessageWriter();
    writer.begin(16, Flag.REQUEST, 1).text(3, "eth0").end();
    writer.begin(17, Flag.ACK, 2).u32(1, 5).be32(2, 6).end();
    const [first, second, ...others] = [...messagesOf(writer.written())];
    expect(others).toEqual([]);
    expect([first!.type, first!.flags, first!.sequence]).toEqual([16, 1, 1]);
    expect(textOf(attributesOf(first!.body, 0).get(3))).toBe("eth0");
    expect([second!.type, second!.flags, second!.sequence]).toEqual([17, 4, 2]);
    const values = attributesOf(second!.body, 0);
    expect([u32Of(values.get(1)), be32Of(values.get(2)), u32Of(values.get(9))]).toEqual([
      5,
      6,
      undefined,
    ]);
    writer.clear();
    expect(writer.length).toBe(0);
  });

  test("has attributes of 65531 bytes at most", () => {
    const writer = new MessageWriter().begin(1, 0, 1);
    expect(() => writer.attribute(1, new Uint8Array(65532))).toThrow(RangeError);
    expect(writer.attribute(1, new Uint8Array(65531)).length).toBe(16 + 65536);
    expect(() => writer.nested(2, (w) => w.attribute(1, new Uint8Array(65531)))).toThrow(
      RangeError,
    );
  });

  test("with lengths that do not fit ends the reading", () => {
    expect([...messagesOf(bytes("0f000000 0300 0000 00000000 00000000"))]).toEqual([]);
    expect([...messagesOf(bytes("11000000 0300 0000 00000000 00000000"))]).toEqual([]);
    expect([...messagesOf(bytes("ffffffff 0300 0000 00000000 00000000"))]).toEqual([]);
    expect([...messagesOf(bytes("10000000 0300"))]).toEqual([]);
    expect(attributesOf(bytes("0300 0100 0800 0200 01000000"), 0).size).toBe(0);
    expect(attributesOf(bytes("0500 0100 01"), 0).get(1)).toEqual(bytes("01"));
    expect(attributesOf(bytes("0600 0100 01"), 0).size).toBe(0);
  });

  test("of any bytes is read to its end, and nothing throws", () => {
    const attribute = fc.tuple(fc.nat(40), fc.nat(0xffff), fc.uint8Array({ maxLength: 32 }));
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(attribute, { maxLength: 6 })
        .map((all) =>
          all.flatMap(([length, type, data]) => [length, 0, type & 255, type >> 8, ...data]),
        ),
    );
    fc.assert(
      fc.property(noise, fc.nat(40), (raw, type) => {
        const body = Buffer.from(raw);
        let total = 0;
        eachAttribute(body, 0, (_, value) => (total += 4 + value.length));
        expect(total).toBeLessThanOrEqual(body.length);
        const packet = queuedPacketOf(0x300, body);
        if (packet !== null) expect(packet.payload?.length ?? 0).toBeLessThanOrEqual(body.length);
        const read = { type, flags: 0x200, sequence: 0, body };
        expect(acknowledgementOf(read).text.length).toBeLessThanOrEqual(body.length);
        for (const one of messagesOf(body)) expect(one.body.length).toBeLessThan(body.length);
      }),
    );
  });
});

describe("an acknowledgement", () => {
  const request = "20000000 1000 0500 01000000 00000000";
  const text = "0800 0100 6e6f2100"; // "no!"

  test("says that all is well, or what is wrong, with words", () => {
    const well = message(`24000000 0200 0001 01000000 00000000 00000000 ${request}`);
    expect(acknowledgementOf(well)).toEqual({ number: 0, text: "" });
    const capped = message(`2c000000 0200 0003 01000000 00000000 ffffffff ${request} ${text}`);
    expect(acknowledgementOf(capped)).toEqual({ number: 1, text: "no!" });
  });

  test("has the words behind the request, where that is repeated", () => {
    const repeated = "aaaaaaaa bbbbbbbb cccccccc dddddddd";
    const whole = `3c000000 0200 0002 01000000 00000000 eaffffff ${request} ${repeated} ${text}`;
    expect(acknowledgementOf(message(whole))).toEqual({ number: 22, text: "no!" });
  });

  test("ends a dump, and may say then what was wrong", () => {
    const done = message(`1c000000 0300 0202 01000000 00000000 eaffffff ${text}`);
    expect(acknowledgementOf(done)).toEqual({ number: 22, text: "no!" });
  });

  test("that is too short is none", () => {
    expect(acknowledgementOf(message("12000000 0200 0002 01000000 00000000 ffff"))).toEqual({
      number: 0,
      text: "",
    });
  });
});

describe("messages of packet queues", () => {
  test("ask for a queue in one message, so that no packet comes without its bytes", () => {
    const writer = new MessageWriter().begin(0x302, 5, 1);
    writeBind(writer, 0x0102, { maxLength: 0x01020304, failOpen: true });
    expect(writer.end().written().subarray(16).toString("hex")).toBe(
      [
        "00000102", // family, version, queue
        "0800010001000000", // bind
        "090002000000ffff02000000", // range, packets
        "0800030001020304", // length
        "0800050000000001", // fail open
        "0800040000000001", // of these flags, this one
      ].join(""),
    );
  });

  test("give a verdict, a mark and other bytes", () => {
    const writer = new MessageWriter();
    writeVerdict(writer, {
      queue: 3,
      id: 0xfffffffe,
      verdict: 3 | (0xffff << 16),
      mark: 0xffffffff,
      bytes: bytes("010203"),
    });
    expect(writer.written().toString("hex")).toBe(
      [
        "30000000" + "0103" + "0100" + "feffffff" + "00000000",
        "00000003",
        "0c000200" + "ffff0003" + "fffffffe",
        "08000300" + "ffffffff",
        "07000a00" + "01020300",
      ].join(""),
    );
  });

  test("have packets with what is known of them", () => {
    const body = bytes(`02000005
      0b000100 00000007 86dd 01 00
      08000300 00000009 08000500 00000002 08000600 00000003
      10000900 0006 0000 020000000001 0000
      14000400 0000000000000005 0000000000000006
      08000d00 00000100 08000a00 60000000`);
    const packet = queuedPacketOf(0x300, body)!;
    expect(packet).toMatchObject({ id: 7, protocol: 0x86dd, hook: 1, mark: 9, length: 256 });
    expect(packet).toMatchObject({ inInterface: 2, outInterface: 3 });
    expect(packet.time).toEqual({ seconds: 5, nanoseconds: 6000 });
    expect(packet.source?.toString("hex")).toBe("020000000001");
    expect(packet.payload?.toString("hex")).toBe("60000000");
    expect(queuedPacketOf(0x301, body)).toBeNull();
    expect(queuedPacketOf(0x300, body.subarray(0, 8))).toBeNull();
  });
});

describe.skipIf(!isLinux)("the kernel", () => {
  const dump = { type: 18, flags: Flag.DUMP, device: "", what: "interfaces" };

  test("answers in several messages, up to the end", () => {
    const answers = withNetlink(Protocol.ROUTE, (socket) =>
      socket.request({ ...dump, body: (writer) => writer.bytes(Buffer.alloc(16)) }),
    );
    const names = answers.map(({ body }) => textOf(attributesOf(body, 16).get(3)));
    expect(names).toContain("lo");
    expect(answers.every(({ type }) => type === 16)).toBe(true);
  });

  test("knows families of generic netlink, or not", () => {
    withNetlink(Protocol.GENERIC, (socket) => {
      expect(familyOf(socket, "nlctrl")).toBe(16);
      expect(familyOf(socket, "nothing-here")).toBeNull();
    });
  });

  test("says what is wrong; the error says it on", () => {
    const ask = (): void =>
      withNetlink(Protocol.ROUTE, (socket) => {
        socket.request({
          type: 18,
          device: "nowhere0",
          what: "its settings",
          body: (writer) => writer.bytes(Buffer.alloc(16)).text(3, "nowhere0"),
        });
      });
    expect(ask).toThrow(NetlinkError);
    expect(ask).toThrow("nowhere0: its settings: No such device");
    expect(ask).toThrow(expect.objectContaining({ code: "ERR_DEVICE_MISSING", number: 19 }));
  });

  test("has protocols that it does not have", () => {
    const open = (): void => withNetlink(31, () => {});
    expect(open).toThrow(expect.objectContaining({ code: "ERR_DEVICE_SUPPORT" }));
  });

  test.skipIf(!isRoot)("without packet queues is told from one that refuses them", () => {
    // A subsystem that no kernel has: what is answered is what one without the queues' module answers.
    const ask = (): void => {
      try {
        withNetlink(Protocol.NETFILTER, (socket) =>
          socket.request({
            type: (200 << 8) | 2,
            device: "",
            what: "packet queues",
            body: (writer) => writer.bytes([0, 0, 0, 0]),
          }),
        );
      } catch (error) {
        throw queuesFault(error);
      }
    };
    expect(ask).toThrow(expect.objectContaining({ code: "ERR_DEVICE_SUPPORT" }));
    expect(ask).toThrow("modprobe nfnetlink_queue");
    const refused = new NetlinkError("", "packet queues", 1);
    expect(queuesFault(refused)).toBe(refused);
    expect(refused.message).toContain("CAP_NET_ADMIN");
  });
});
