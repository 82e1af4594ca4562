import { describe, expect, it } from "vitest";
import { build } from "../../../../src/packet/build.ts";
import { createDissector } from "../../../../src/packet/dissector.ts";
import { sshMessage } from "../../../../src/protocols/application/ssh/message.ts";
import { ssh, sshEncrypted } from "../../../../src/protocols/application/ssh/ssh.ts";
import { tcp } from "../../../../src/protocols/transport/tcp.ts";
import { built, bytes, hex, rebuilt } from "../../../support/packets.ts";

const dissector = createDissector([tcp, ssh, sshEncrypted]);
const NEWKEYS = "0000000c 0a 15 00000000000000000000";
const text = (s: string): string => hex(Uint8Array.from(s, (c) => c.charCodeAt(0)));
const string = (s: string): string => (s.length / 2).toString(16).padStart(8, "0") + s;
const lines = (s: string): string => string(text(s));

/** A packet of a message in hex, with the padding that it must have (RFC 4253 §6). */
function packetOf(message: string): string {
  const size = message.replace(/\s+/g, "").length / 2;
  const padding = 4 + ((8 - ((size + 5 + 4) % 8)) % 8);
  const length = (1 + size + padding).toString(16).padStart(8, "0");
  return `${length}${padding.toString(16).padStart(2, "0")}${message}${"00".repeat(padding)}`;
}
const read = (given: string) => dissector.dissect(bytes(given), ssh);
const messageIn = (given: string) => read(packetOf(given)).require(ssh).packet?.message;

describe("the line of identification", () => {
  it("is read up to its line end", () => {
    const { identification, packet } = read(text("SSH-2.0-OpenSSH_9.7 x\r\n")).require(ssh);
    expect(identification?.line).toBe("SSH-2.0-OpenSSH_9.7 x");
    expect(identification?.end).toBe("\r\n");
    expect(packet).toBeUndefined();
  });

  it("is built with what is said, and by default", () => {
    expect(built(ssh({ identification: { line: "SSH-2.0-a", end: "\n" } }))).toBe(
      text("SSH-2.0-a\n"),
    );
    expect(built(ssh({ identification: {} }))).toBe(text("SSH-2.0-wirecraft\r\n"));
  });
});

describe("a packet", () => {
  it("has a length, padding and a message", () => {
    const view = read(NEWKEYS).require(ssh).packet!;
    expect(view).toMatchObject({ length: 12, paddingLength: 10 });
    expect(view.message).toMatchObject({ is: "newKeys", code: 21 });
    expect(hex(view.padding!)).toBe("00".repeat(10));
  });

  it("is filled up to whole words of eight bytes, with four bytes at least", () => {
    for (let size = 0; size < 20; size++) {
      const data = new Uint8Array(size).fill(1);
      const whole = bytes(built(ssh({ packet: { message: sshMessage.ignore({ data }) } })));
      const { packet } = dissector.dissect(whole, ssh).require(ssh);
      expect(whole.length % 8).toBe(0);
      expect(packet).toMatchObject({ length: whole.length - 4 });
      expect(packet!.paddingLength).toBeGreaterThanOrEqual(4);
      expect(packet!.paddingLength).toBeLessThan(12);
      expect(packet!.message).toMatchObject({ dataLength: size });
    }
  });

  it("keeps padding and lengths that are given", () => {
    const message = sshMessage.newKeys();
    expect(built(ssh({ packet: { message, padding: bytes("0102") } }))).toBe(
      "000000040215" + "0102",
    );
    expect(built(ssh({ packet: { message, padding: bytes("") } }))).toBe("000000020015");
    expect(built(ssh({ packet: { message, length: 9 } })).slice(0, 8)).toBe("00000009");
  });

  it("is one of several in a segment", () => {
    const whole = bytes(NEWKEYS + NEWKEYS);
    const packet = dissector.dissect(
      build(tcp({ dstPort: 22 }), whole)
        .bytes()
        .slice(),
      tcp,
    );
    expect(String(packet.chain)).toBe("TCP:SSH:SSH");
    expect(hex(rebuilt(packet)).endsWith(hex(whole))).toBe(true);
  });

  it("is not seen in what cannot be one", () => {
    const chainOf = (given: string): string =>
      String(
        dissector.dissect(
          build(tcp({ dstPort: 22 }), bytes(given))
            .bytes()
            .slice(),
          tcp,
        ).chain,
      );
    expect(chainOf(NEWKEYS)).toBe("TCP:SSH");
    expect(chainOf(text("GET / HTTP/1.1\r\n\r\n"))).toBe("TCP");
    // Cut, too short, with too little padding, no multiple of eight, and of a message that is encrypted.
    expect(chainOf(NEWKEYS.slice(0, -2))).toBe("TCP");
    expect(chainOf("00000004 02 15 0000")).toBe("TCP");
    expect(chainOf("0000000c 03 15 00000000000000000000")).toBe("TCP");
    expect(chainOf("0000000d 0a 15 0000000000000000000000")).toBe("TCP");
    expect(chainOf("0000000c 0a 5e 00000000000000000000")).toBe("TCP");
  });

  it("with lengths that do not fit is a fault and no exception", () => {
    const packet = read("00ffffff 0a 14 0000");
    expect(packet.error).not.toBeNull();
    const inner = read(packetOf(`14${"00".repeat(16)}ffffffff61`));
    expect(inner.require(ssh).packet).toMatchObject({ length: 28, message: undefined });
  });
});

describe("messages", () => {
  it("of algorithms have their lists", () => {
    const lists = ["k1,k2", "h", "e1", "e2", "m1", "m2", "none", "zlib", "", "de"];
    const message = messageIn(`14 ${"ab".repeat(16)} ${lists.map(lines).join("")} 01 00000000`);
    expect(message).toMatchObject({
      is: "kexInit",
      kexAlgorithms: "k1,k2",
      serverHostKeyAlgorithms: "h",
      encryptionAlgorithmsClientToServer: "e1",
      encryptionAlgorithmsServerToClient: "e2",
      macAlgorithmsClientToServer: "m1",
      macAlgorithmsServerToClient: "m2",
      compressionAlgorithmsClientToServer: "none",
      compressionAlgorithmsServerToClient: "zlib",
      languagesClientToServer: "",
      languagesServerToClient: "de",
      firstKexPacketFollows: 1,
    });
    expect(
      built(ssh({ packet: { message: sshMessage.kexInit({ kexAlgorithms: "a,b" }) } })),
    ).toContain(`${"00".repeat(16)}${lines("a,b")}00000000`);
  });

  it("number 30 is a public value, or a request of the older group exchange", () => {
    expect(messageIn(`1e ${string("11".repeat(32))}`)).toMatchObject({
      is: "keyExchangeInit",
      publicLength: 32,
      bits: undefined,
    });
    expect(messageIn("1e 00000400")).toMatchObject({ bits: 1024, public: undefined });
  });

  it("number 31 is a group where it is two numbers, else a reply", () => {
    const group = messageIn(`1f ${string("00c1")} ${string("02")}`);
    expect(group?.is === "keyExchangeReply" && group.group).toMatchObject({
      pLength: 2,
      gLength: 1,
    });
    const key = lines("ssh-rsa") + string("010001") + string("00aabb");
    const signature = lines("rsa-sha2-256") + string("cc".repeat(4));
    const reply = messageIn(`1f ${string(key)} ${string("dd")} ${string(signature)}`);
    expect(reply?.is).toBe("keyExchangeReply");
    if (reply?.is !== "keyExchangeReply") return;
    expect(reply.group).toBeUndefined();
    expect(reply.reply?.hostKey?.type).toBe("ssh-rsa");
    expect(hex(reply.reply!.hostKey!.rsa!.n!)).toBe("00aabb");
    expect(hex(reply.reply!.public!)).toBe("dd");
    expect(hex(reply.reply!.signature!.rsa!.s!)).toBe("cccccccc");
  });

  it("have keys and signatures of every kind as records, built and read", () => {
    const one = (n: number): Uint8Array => new Uint8Array(n).fill(n);
    const reply = {
      hostKey: {
        type: "ecdsa-sha2-nistp256-cert-v01@openssh.com",
        nonce: { nonce: one(32) },
        ecdsa: { id: "nistp256", q: one(65) },
        certificate: { serial: 5n, kind: 2, keyId: "host", principals: one(3), certifier: one(4) },
      },
      public: one(33),
      signature: { type: "ecdsa-sha2-nistp256", ecdsa: { r: one(31), s: one(30) } },
    };
    const given = built(ssh({ packet: { message: sshMessage.groupExchangeReply({ reply }) } }));
    const packet = read(given);
    const message = packet.require(ssh).packet!.message!;
    expect(packet.error).toBeNull();
    if (message.is !== "groupExchangeReply") throw new Error(message.is);
    const { hostKey, signature } = message.reply!;
    expect(hostKey!.ecdsa).toMatchObject({ id: "nistp256", qLength: 65 });
    expect(hostKey!.certificate).toMatchObject({ serial: 5n, kind: 2, keyId: "host" });
    expect(hostKey!.rsa).toBeUndefined();
    expect(hex(hostKey!.nonce!.nonce!)).toBe("20".repeat(32));
    expect(hex(signature!.ecdsa!.s!)).toBe("1e".repeat(30));
    expect(hex(rebuilt(packet))).toBe(given);
  });

  it("of the transport layer have texts and numbers", () => {
    expect(messageIn(`01 0000000b ${lines("bye")} ${lines("en")}`)).toMatchObject({
      is: "disconnect",
      reason: 11,
      description: "bye",
      language: "en",
    });
    expect(messageIn("03 00000007")).toMatchObject({ is: "unimplemented", sequence: 7 });
    expect(messageIn(`05 ${lines("ssh-userauth")}`)).toMatchObject({ name: "ssh-userauth" });
    const info = messageIn(`07 00000002 ${lines("a")}${lines("1")}${lines("b")}${lines("")}`);
    expect(info?.is === "extensionInfo" && info.extensions.map(({ name }) => name)).toEqual([
      "a",
      "b",
    ]);
    expect(messageIn("23 0102")).toMatchObject({ is: "unknown", code: 35 });
  });
});

describe("what is encrypted", () => {
  it("is a length that nobody can read, and the rest", () => {
    const view = dissector.dissect(bytes("0102030405"), sshEncrypted).require(sshEncrypted);
    expect([hex(view.packetLength!), hex(view.data!)]).toEqual(["01020304", "05"]);
    const short = dissector.dissect(bytes("010203"), sshEncrypted).require(sshEncrypted);
    expect([hex(short.packetLength!), hex(short.data!)]).toEqual(["", "010203"]);
  });
});
