import { describe, expect, it } from "vitest";
import { formatHex, parseHex } from "../../../../src/bytes/hex.ts";
import { build } from "../../../../src/packet/build.ts";
import { createDissector } from "../../../../src/packet/dissector.ts";
import { tlsHandshake } from "../../../../src/protocols/application/tls/handshake.ts";
import { isSsl2Message, ssl2 } from "../../../../src/protocols/application/tls/ssl2.ts";
import { isTlsHeader, tls } from "../../../../src/protocols/application/tls/tls.ts";
import { tcp } from "../../../../src/protocols/transport/tcp.ts";

const dissector = createDissector([tcp, tls, ssl2]);
const packetOf = (hex: string) => dissector.dissect(parseHex(hex.replace(/\s/g, "")), tls);
const inSegment = (hex: string) =>
  dissector.dissect(
    build(tcp({ dstPort: 443 }), parseHex(hex.replace(/\s/g, "")))
      .bytes()
      .slice(),
    tcp,
  );

const RANDOM = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/** A ClientHello for `a.test` with two suites, two groups and TLS 1.3. */
const hello =
  `16 0301 005f  01 00005b  0303 ${RANDOM}  00  0004 1301 c02f  01 00  002e` +
  "0000 000b 0009 00 0006 612e74657374" +
  "000a 0006 0004 001d 0017" +
  "002b 0003 02 0304" +
  "0010 0005 0003 02 6832" +
  "ff01 0001 00";

describe("TLS", () => {
  it("reads a ClientHello and its extensions", () => {
    const packet = packetOf(hello);
    expect(packet.error).toBeNull();
    const record = packet.require(tls);
    expect(record).toMatchObject({ is: "handshake", type: 22, version: 0x0301, length: 95 });
    if (record.is !== "handshake") return;
    const [message] = record.messages;
    expect(message).toMatchObject({ is: "clientHello", version: 0x0303, sessionIdLength: 0 });
    if (message?.is !== "clientHello") return;
    expect(message.cipherSuites.map(({ suite }) => suite)).toEqual([0x1301, 0xc02f]);
    expect(message.extensions.map((one) => one.is)).toEqual([
      "serverName",
      "supportedGroups",
      "supportedVersions",
      "alpn",
      "renegotiationInfo",
    ]);
    const [name, groups] = message.extensions;
    expect(name?.is === "serverName" && name.names[0]?.name).toBe("a.test");
    expect(groups?.is === "supportedGroups" && groups.groups.map((g) => g.group)).toEqual([29, 23]);
  });

  it("builds the same bytes from values, lengths and types computed", () => {
    const packet = build(
      tls({
        is: "handshake",
        version: 0x0301,
        messages: [
          tlsHandshake.clientHello({
            random: parseHex(RANDOM),
            cipherSuites: [{ suite: 0x1301 }, { suite: 0xc02f }],
            compressionMethods: [{ method: 0 }],
            extensions: [
              { is: "serverName", names: [{ type: 0, name: "a.test" }] },
              { is: "supportedGroups", groups: [{ group: 29 }, { group: 23 }] },
              { is: "supportedVersions", versions: [{ version: 0x0304 }] },
              { is: "alpn", names: [{ name: "h2" }] },
              { is: "renegotiationInfo" },
            ],
          }),
        ],
      }),
    );
    expect(formatHex(packet.bytes())).toBe(hello.replace(/\s/g, ""));
  });

  it("reads a hello without extensions, as SSL 3.0 has it", () => {
    const record = packetOf(`16 0300 002d 01 000029 0300 ${RANDOM} 00 0002 0004 01 00`).require(
      tls,
    );
    const message = record.is === "handshake" ? record.messages[0] : undefined;
    expect(message?.is === "clientHello" && message.extensionsLength).toBeUndefined();
    expect(message?.is === "clientHello" && message.cipherSuites[0]?.suite).toBe(4);
  });

  it("reads the ServerHello of TLS 1.3, that of its drafts, and one that asks again", () => {
    const extensionsOf = (hex: string) => {
      const record = packetOf(hex).require(tls);
      const message = record.is === "handshake" ? record.messages[0] : undefined;
      return message?.is === "serverHello" ? message : undefined;
    };
    const share = "0033 0008 001d 0004 01020304";
    const full = extensionsOf(
      `16 0303 003a 02 000036 0303 ${RANDOM} 00 1301 00 000e 002b 0002 0304 0033 0004 0017 0000`,
    );
    expect(full?.extensions.map((one) => one.is)).toEqual(["supportedVersions", "keyShare"]);
    const [version, key] = full?.extensions ?? [];
    expect(version?.is === "supportedVersions" && version.version).toBe(0x0304);
    expect(key?.is === "keyShare" && key.share?.group).toBe(23);
    const again = extensionsOf(
      `16 0303 0032 02 00002e 0303 ${RANDOM} 00 1301 00 0006 0033 0002 0017`,
    );
    const asked = again?.extensions[0];
    expect(asked?.is === "keyShare" && asked.selectedGroup).toBe(23);
    const draft = extensionsOf(`16 0301 0036 02 000032 7f10 ${RANDOM} 1301 000c ${share}`);
    expect(draft?.sessionIdLength).toBeUndefined();
    expect(draft?.cipherSuite).toBe(0x1301);
  });

  it("reads a CertificateRequest with signature algorithms and without", () => {
    const requestOf = (hex: string) => {
      const record = packetOf(hex).require(tls);
      return record.is === "handshake" ? record.messages[0] : undefined;
    };
    const later = requestOf("16 0303 000e 0d 00000a 01 01 0002 0401 0002 0000");
    expect(later?.is === "certificateRequest" && later.schemes[0]?.scheme).toBe(0x0401);
    const earlier = requestOf("16 0301 000c 0d 000008 01 40 0004 0002 3000");
    expect(earlier?.is === "certificateRequest" && earlier.schemesLength).toBeUndefined();
    expect(earlier?.is === "certificateRequest" && earlier.authorities).toHaveLength(1);
  });

  it("finds several records in one segment", () => {
    const packet = inSegment("14 0303 0001 01  15 0303 0002 02 28  17 0303 0003 aabbcc");
    expect(String(packet.chain)).toBe("TCP:TLS:TLS:TLS");
    const records = packet.layers.slice(1).map((layer) => layer.schema.caseName);
    expect(records).toEqual(["changeCipherSpec", "alert", "applicationData"]);
    expect(packet.get(tls.alert)).toMatchObject({ level: 2, description: 40 });
    expect(packet.raw.length).toBe(0);
  });

  it("keeps what is encrypted or goes on elsewhere as bytes", () => {
    const alert = packetOf("15 0303 0004 aabbccdd").require(tls);
    expect(alert.is === "alert" && alert.level).toBeUndefined();
    expect(alert.is === "alert" && alert.encrypted).toEqual(parseHex("aabbccdd"));
    const encrypted = packetOf("16 0303 0008 0000000000000000").require(tls);
    expect(encrypted.is === "handshake" && encrypted.messages).toHaveLength(2);
    const cut = packetOf("16 0303 000a 0e 000000 0b 001000 aabb").require(tls);
    expect(cut.is === "handshake" && cut.messages.map((one) => one.is)).toEqual([
      "serverHelloDone",
    ]);
    expect(cut.is === "handshake" && cut.fragment).toEqual(parseHex("0b001000aabb"));
  });

  it("does not take a record that is cut, or bytes that are none", () => {
    expect(String(inSegment("17 0303 0003 aabb").chain)).toBe("TCP");
    expect(String(inSegment("474554202f").chain)).toBe("TCP");
    for (const wrong of [
      "19 0303 0001",
      "16 0203 0001",
      "16 0305 0001",
      "14 0303 0200",
      "17 0303 ffff",
    ])
      expect(isTlsHeader(parseHex(wrong.replace(/\s/g, "")), 0)).toBe(false);
  });

  it("says that a vector does not fit, and keeps what stood before it", () => {
    const packet = packetOf(`16 0303 002c 01 000028 0303 ${RANDOM} 00 0040 1301 00`);
    const record = packet.require(tls);
    const message = record.is === "handshake" ? record.messages[0] : undefined;
    expect(message?.is === "clientHello" && message.cipherSuitesLength).toBe(64);
    expect(message?.is === "clientHello" && message.compressionMethodsLength).toBeUndefined();
  });
});

describe("SSL 2.0", () => {
  const bytes = parseHex(
    "801c 01 0301 0003 0000 0010 00002f 000102030405060708090a0b0c0d0e0f".replace(/\s/g, ""),
  );

  it("reads and builds a ClientHello", () => {
    const view = dissector.dissect(bytes, ssl2).require(ssl2);
    expect(view).toMatchObject({ is: "clientHello", isShort: true, length: 28, version: 0x0301 });
    expect(view.is === "clientHello" && view.cipherSpecs[0]?.spec).toBe(0x2f);
    const packet = build(
      ssl2.clientHello({
        version: 0x0301,
        cipherSpecs: [{ spec: 0x2f }],
        challenge: bytes.subarray(14),
      }),
    );
    expect(packet.bytes()).toEqual(bytes);
  });

  it("is known by lengths that fill it", () => {
    expect(isSsl2Message(bytes, 0, bytes.length)).toBe(true);
    for (let end = 0; end < bytes.length; end++) expect(isSsl2Message(bytes, 0, end)).toBe(false);
    const wrong = bytes.slice();
    wrong[6] = 4;
    expect(isSsl2Message(wrong, 0, wrong.length)).toBe(false);
  });
});
