import { describe, expect, it } from "vitest";
import { dns } from "../../../../src/protocols/application/dns/dns.ts";
import type { dnsOption } from "../../../../src/protocols/application/dns/option.ts";
import type { dnsRecord } from "../../../../src/protocols/application/dns/record.ts";
import type { InputFor } from "../../../../src/schema/protocol.ts";
import { built, bytes, hex, packetOf, rebuilt } from "../../../support/packets.ts";

type RecordInput = InputFor<typeof dnsRecord>;
const octets = (text: string): Uint8Array => bytes(text);

/** What a record is built from, and its data as hex. Names are of one label, so that they stay short. */
const records: readonly (readonly [RecordInput, string])[] = [
  [
    { is: "soa", mname: "n", rname: "r", serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
    "016e00 017200 00000001 00000002 00000003 00000004 00000005",
  ],
  [{ is: "wks", address: "192.0.2.9", protocol: 6, bitmap: octets("40") }, "c0000209 06 40"],
  [{ is: "hinfo", cpu: "VAX", os: "UNIX" }, "03 564158 04 554e4958"],
  [{ is: "mx", preference: 10, exchange: "m" }, "000a 016d00"],
  [{ is: "txt", strings: [{ text: "a=b" }, { text: "" }] }, "03 613d62 00"],
  [{ is: "aaaa", address: "2001:db8::1" }, "20010db8 00000000 00000000 00000001"],
  [{ is: "isdn", address: "12", subaddress: "3" }, "02 3132 01 33"],
  [{ is: "isdn", address: "12" }, "02 3132"],
  [{ is: "nxt", next: "n", types: [1, 30] }, "016e00 40000002"],
  [{ is: "srv", priority: 1, weight: 2, port: 5060, target: "s" }, "0001 0002 13c4 017300"],
  [
    {
      is: "naptr",
      order: 1,
      preference: 2,
      flags: "s",
      services: "SIP",
      regexp: "",
      replacement: "r",
    },
    "0001 0002 01 73 03 534950 00 017200",
  ],
  [{ is: "a6", prefixLength: 72, suffix: "::5:1:2", prefixName: "p" }, "48 00000500010002 017000"],
  [
    {
      is: "apl",
      items: [
        { prefixLength: 24, negation: true, ipv4: "192.168.32.0" },
        { family: 2, prefixLength: 8, ipv6: "ff00::" },
      ],
    },
    "0001 18 83 c0a820 0002 08 01 ff",
  ],
  [{ is: "ds", keyTag: 1, algorithm: 8, digestType: 2, digest: octets("aabb") }, "0001 08 02 aabb"],
  [
    {
      is: "ipseckey",
      precedence: 1,
      gatewayType: 3,
      algorithm: 2,
      gatewayName: "g",
      publicKey: octets("0103"),
    },
    "01 03 02 016700 0103",
  ],
  [
    {
      is: "rrsig",
      typeCovered: 1,
      algorithm: 8,
      labels: 2,
      originalTtl: 60,
      expiration: 2,
      inception: 1,
      keyTag: 7,
      signer: "s",
      signature: octets("ff"),
    },
    "0001 08 02 0000003c 00000002 00000001 0007 017300 ff",
  ],
  [
    { is: "nsec", next: "n", types: [1, 15, 46, 47, 1234] },
    "016e00 00 06 400100000003 04 1b 000000000000000000000000000000000000000000000000000020",
  ],
  [
    {
      is: "dnskey",
      flags: { zoneKey: true, secureEntryPoint: true },
      algorithm: 13,
      publicKey: octets("0102"),
    },
    "0101 03 0d 0102",
  ],
  [
    {
      is: "nsec3",
      hashAlgorithm: 1,
      flags: { optOut: true },
      iterations: 12,
      salt: octets("aa"),
      nextHash: octets("0102"),
      types: [1],
    },
    "01 01 000c 01 aa 02 0102 00 01 40",
  ],
  [{ is: "nsec3param", hashAlgorithm: 1, iterations: 0 }, "01 00 0000 00"],
  [{ is: "tlsa", usage: 3, selector: 1, matchingType: 1, data: octets("0a") }, "03 01 01 0a"],
  [
    {
      is: "hip",
      algorithm: 2,
      hit: octets("2001"),
      publicKey: octets("03"),
      servers: [{ name: "a" }, { name: "b" }],
    },
    "02 02 0001 2001 03 016100 016200",
  ],
  [{ is: "csync", serial: 66, flags: { immediate: true }, types: [1] }, "00000042 0001 00 01 40"],
  [
    {
      is: "svcb",
      priority: 1,
      target: ".",
      params: [
        { is: "mandatory", keys: [{ key: 3 }] },
        { is: "alpn", ids: [{ id: "h2" }] },
        { is: "noDefaultAlpn" },
        { is: "port", port: 443 },
        { is: "ipv4Hint", addresses: [{ address: "192.0.2.1" }] },
        { key: 667, value: octets("68") },
      ],
    },
    "0001 00 0000 0002 0003 0001 0003 02 6832 0002 0000 0003 0002 01bb 0004 0004 c0000201 029b 0001 68",
  ],
  [
    {
      is: "https",
      priority: 1,
      target: ".",
      params: [
        {
          is: "ech",
          configs: [
            {
              is: "ech",
              configId: 1,
              kem: 0x20,
              publicKey: octets("aabb"),
              suites: [{ kdf: 1, aead: 1 }],
              publicName: "p",
            },
          ],
        },
      ],
    },
    "0001 00 0005 0018 0016 fe0d 0012 01 0020 0002 aabb 0004 0001 0001 00 01 70 0000",
  ],
  [
    { is: "tkey", algorithm: "g", inception: 1, expiration: 2, mode: 3, key: octets("09") },
    "016700 00000001 00000002 0003 0000 0001 09 0000",
  ],
  [
    {
      is: "tsig",
      algorithm: "h",
      timeSigned: 5,
      mac: octets("aabb"),
      originalId: 7,
      error: 18,
      other: octets("000000000006"),
    },
    "016800 000000000005 012c 0002 aabb 0007 0012 0006 000000000006",
  ],
  [
    { is: "caa", flags: { critical: true }, tag: "issue", value: "ca.test" },
    "80 05 6973737565 63612e74657374",
  ],
  [
    {
      is: "amtrelay",
      precedence: 1,
      relay: { discoveryOptional: true, type: 1 },
      relayIpv4: "192.0.2.7",
    },
    "01 81 c0000207",
  ],
  [{ type: 65000, data: octets("01") }, "01"],
];

/** EDNS options and their data. */
const options: readonly (readonly [InputFor<typeof dnsOption>, string])[] = [
  [
    { is: "llq", opcode: 1, llqId: 5n, lease: 60 },
    "0001 0012 0001 0001 0000 0000000000000005 0000003c",
  ],
  [{ is: "updateLease", lease: 60, keyLease: 120 }, "0002 0008 0000003c 00000078"],
  [{ is: "updateLease", lease: 60 }, "0002 0004 0000003c"],
  [{ is: "dau", algorithms: [{ algorithm: 8 }, { algorithm: 13 }] }, "0005 0002 08 0d"],
  [{ is: "clientSubnet", sourcePrefix: 20, ipv4: "192.0.16.0" }, "0008 0007 0001 14 00 c00010"],
  [
    { is: "clientSubnet", family: 2, sourcePrefix: 56, ipv6: "2001:db8:1:100::" },
    "0008 000b 0002 38 00 20010db8000101",
  ],
  [{ is: "expire" }, "0009 0000"],
  [{ is: "expire", expire: 7 }, "0009 0004 00000007"],
  [
    { is: "cookie", client: octets("0102030405060708"), server: octets("0908070605040302") },
    "000a 0010 0102030405060708 0908070605040302",
  ],
  [{ is: "tcpKeepalive", timeout: 100 }, "000b 0002 0064"],
  [{ is: "chain", trustPoint: "a.test" }, "000d 0008 0161 0474657374 00"],
  [{ is: "extendedError", infoCode: 18, extraText: "no" }, "000f 0004 0012 6e6f"],
  [
    { is: "zoneVersion", labels: 1, versionType: 0, version: octets("00000001") },
    "0013 0006 01 00 00000001",
  ],
  [{ code: 65001, data: octets("01") }, "fde9 0001 01"],
];

const plain = (text: string): string => text.replaceAll(" ", "");

describe("resource records", () => {
  it.each(records)("%o", (given, data) => {
    const text = built(dns({ answers: [{ name: ".", class: 1, ...given } as RecordInput] }));
    expect(text.slice(24 + 2 + 4 + 4 + 8)).toBe(
      (plain(data).length / 2).toString(16).padStart(4, "0") + plain(data),
    );
    const packet = packetOf(text, dns);
    const [record] = packet.require(dns).answers;
    expect(record?.is).toBe(given.is ?? "unknown");
    expect(packet.error).toBeNull();
    const view = record as unknown as Readonly<Record<string, unknown>>;
    // Flags and lists show more than was given of them; that they come back is seen below.
    for (const [name, value] of Object.entries(given))
      if (typeof value !== "object" || value instanceof Uint8Array)
        expect(view[name]).toEqual(value);
    expect(hex(rebuilt(packet))).toBe(text);
  });
});

describe("EDNS options", () => {
  it.each(options)("%o", (given, data) => {
    const text = built(dns({ additionals: [{ is: "opt", options: [given] }] }));
    expect(text.slice(24 + 22)).toBe(plain(data));
    const packet = packetOf(text, dns);
    const [edns] = packet.require(dns).additionals;
    expect(edns?.is === "opt" && edns.options[0]?.is).toBe(given.is ?? "unknown");
    expect(hex(rebuilt(packet))).toBe(text);
  });

  it("keep a subnet of another length than its prefix says", () => {
    const text =
      "0001 0000 0000 0000 0000 0001 00 0029 1000 00000000 000b 0008 0007 0001 20 00 d53d1d";
    const packet = packetOf(text, dns);
    const [edns] = packet.require(dns).additionals;
    expect(edns?.is === "opt" && edns.options[0]).toMatchObject({
      is: "clientSubnet",
      sourcePrefix: 32,
      ipv4: undefined,
    });
    expect(hex(rebuilt(packet))).toBe(plain(text));
  });

  it("are unknown when they are shorter than their kind", () => {
    const packet = packetOf(
      "0001 0000 0000 0000 0000 0001 00 0029 1000 00000000 0005 000a 0001 aa",
      dns,
    );
    const [edns] = packet.require(dns).additionals;
    expect(edns?.is === "opt" && edns.options[0]).toMatchObject({
      is: "unknown",
      code: 10,
      data: octets("aa"),
    });
  });
});

describe("type bitmaps", () => {
  const nsec = (bitmap: string) =>
    packetOf(
      `0001 0000 0000 0001 0000 0000 00 002f 0001 00000000 ${(1 + plain(bitmap).length / 2).toString(16).padStart(4, "0")} 00 ${bitmap}`,
      dns,
    );
  it.each([
    ["windows out of order", "01 01 40 00 01 40"],
    ["a window without types", "00 00"],
    ["zeros at the end", "00 02 40 00"],
    ["a window that is cut", "00 04 40"],
  ])("are malformed with %s", (_what, bitmap) => {
    const packet = nsec(bitmap);
    const [record] = packet.require(dns).answers;
    expect(record?.is === "nsec" && record.types).toBeUndefined();
    expect(hex(rebuilt(packet))).toBe(hex(packet.bytes()));
  });
  it("take types in any order and refuse what is none", () => {
    const types = (given: number[]) =>
      built(dns({ answers: [{ is: "nsec", name: ".", next: ".", types: given }] })).slice(48);
    expect(types([28, 1])).toBe("0004" + "40000008");
    expect(() => types([65536])).toThrow(/type 65536 is not in 0..65535/);
  });
});
