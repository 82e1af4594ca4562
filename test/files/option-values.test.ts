import { describe, expect, it } from "vitest";
import { parseHex } from "../../src/bytes/hex.ts";
import { decodeOption } from "../../src/files/option-values.ts";
import { parseJournalEntry, parseKeyLog, parseZigbeeKey } from "../../src/files/secrets.ts";
import { ascii, join, number } from "./samples.ts";

const [section, idb, pb, epb, nrb, isb] = [0x0a0d0d0a, 1, 2, 6, 4, 5];

describe("decodeOption", () => {
  it.each([
    [section, 2, "hardware", "shb_hardware", "hardware"],
    [section, 3, "os", "shb_os", "os"],
    [section, 4, "app", "shb_userappl", "app"],
    [idb, 1, "note", "opt_comment", "note"],
    [idb, 2, "eth0", "if_name", "eth0"],
    [idb, 3, "first", "if_description", "first"],
    [idb, 4, parseHex("c0000201ffffff00"), "if_IPv4addr", "192.0.2.1/24"],
    [idb, 4, parseHex("c0000201ff00ff00"), "if_IPv4addr", "192.0.2.1/255.0.255.0"],
    [idb, 4, parseHex("c000020100000000"), "if_IPv4addr", "192.0.2.1/0"],
    [idb, 4, parseHex("c0000201ffffffff"), "if_IPv4addr", "192.0.2.1/32"],
    [idb, 5, parseHex("20010db800000000000000000000000140"), "if_IPv6addr", "2001:db8::1/64"],
    [idb, 6, parseHex("020000000001"), "if_MACaddr", "02:00:00:00:00:01"],
    [idb, 7, parseHex("0200000000000001"), "if_EUIaddr", "02:00:00:00:00:00:00:01"],
    [idb, 9, Uint8Array.of(0x8a), "if_tsresol", { base: 2, exponent: 10 }],
    [idb, 11, join(Uint8Array.of(0), ascii("tcp")), "if_filter", "tcp"],
    [idb, 11, Uint8Array.of(1, 5), "if_filter", { type: 1, data: Uint8Array.of(5) }],
    [idb, 12, "Linux", "if_os", "Linux"],
    [idb, 13, Uint8Array.of(32), "if_fcslen", 32],
    [idb, 15, "card", "if_hardware", "card"],
    [idb, 18, "Europe/Berlin", "if_iana_tzname", "Europe/Berlin"],
    [epb, 3, Uint8Array.of(1, 2), "epb_hash", { type: 1, data: Uint8Array.of(2) }],
    [epb, 7, Uint8Array.of(0, 2), "epb_verdict", { type: 0, data: Uint8Array.of(2) }],
    [pb, 3, Uint8Array.of(1, 2), "pack_hash", { type: 1, data: Uint8Array.of(2) }],
    [pb, 4, Uint8Array.of(1), "unknown", Uint8Array.of(1)],
    [nrb, 2, "ns", "ns_dnsname", "ns"],
    [nrb, 3, parseHex("c0000235"), "ns_dnsIP4addr", "192.0.2.53"],
    [nrb, 4, parseHex("00000000000000000000000000000001"), "ns_dnsIP6addr", "::1"],
    [77, 2, Uint8Array.of(1), "unknown", Uint8Array.of(1)],
    [idb, 9, Uint8Array.of(), "if_tsresol", Uint8Array.of()],
    [epb, 3, Uint8Array.of(), "epb_hash", Uint8Array.of()],
  ])("of block %i, code %i, gives %j as %s", (type, code, bytes, name, value) => {
    const raw = typeof bytes === "string" ? ascii(bytes) : bytes;
    expect(decodeOption(type, { code, value: raw }, true)).toEqual({ code, name, value });
  });

  it.each([
    [idb, 8, 8, 10_000_000_000n, "if_speed"],
    [idb, 10, 4, -3600, "if_tzone"],
    [idb, 14, 8, -5n, "if_tsoffset"],
    [idb, 16, 8, 1n, "if_txspeed"],
    [idb, 17, 8, 2n, "if_rxspeed"],
    [epb, 4, 8, 3n, "epb_dropcount"],
    [epb, 5, 8, 4n, "epb_packetid"],
    [epb, 6, 4, 5, "epb_queue"],
    [isb, 4, 8, 4n, "isb_ifrecv"],
    [isb, 5, 8, 5n, "isb_ifdrop"],
    [isb, 6, 8, 6n, "isb_filteraccept"],
    [isb, 7, 8, 7n, "isb_osdrop"],
    [isb, 8, 8, 8n, "isb_usrdeliv"],
  ])(
    "of block %i, code %i, reads numbers in both byte orders",
    (type, code, width, value, name) => {
      for (const little of [true, false]) {
        const option = { code, value: number(width, value, little) };
        expect(decodeOption(type, option, little)).toEqual({ code, name, value });
      }
    },
  );

  it("reads flags, times and custom options", () => {
    for (const little of [true, false]) {
      const flags = { code: 2, value: number(4, 5, little) };
      expect(decodeOption(epb, flags, little)).toMatchObject({
        name: "epb_flags",
        value: { direction: "inbound", reception: "unicast", fcsLength: -1 },
      });
      expect(decodeOption(pb, flags, little).name).toBe("pack_flags");
      const value = join(number(4, 1, little), number(4, 2, little));
      for (const [code, name] of [
        [2, "isb_starttime"],
        [3, "isb_endtime"],
      ] as const) {
        expect(decodeOption(isb, { code, value }, little)).toEqual({
          code,
          name,
          value: (1n << 32n) + 2n,
        });
      }
      for (const code of [2988, 2989, 19372, 19373]) {
        expect(decodeOption(idb, { code, value }, little)).toMatchObject({
          name: "opt_custom",
          value: { pen: 1, copyable: code < 3000 },
        });
      }
    }
    expect(decodeOption(epb, { code: 2, value: number(4, 0x1c, true) }, true).value).toMatchObject({
      reception: 7,
    });
  });
});

describe("secrets", () => {
  it("are key logs of TLS and WireGuard", () => {
    const tls = ascii("# comment\nCLIENT_RANDOM 0a0b 0c0d\r\n\nEXPORTER_SECRET 01 02");
    expect(parseKeyLog({ data: tls })).toEqual([
      { label: "CLIENT_RANDOM", values: ["0a0b", "0c0d"] },
      { label: "EXPORTER_SECRET", values: ["01", "02"] },
    ]);
    const wireguard = ascii("LOCAL_STATIC_PRIVATE_KEY = AKeE=\n  PRESHARED_KEY=x=\n");
    expect(parseKeyLog({ data: wireguard })).toEqual([
      { label: "LOCAL_STATIC_PRIVATE_KEY", values: ["AKeE="] },
      { label: "PRESHARED_KEY", values: ["x="] },
    ]);
  });

  it("are keys of ZigBee networks", () => {
    const key = Uint8Array.from({ length: 16 }, (_, i) => i);
    const data = join(key, Uint8Array.of(0x62, 0x1a, 0x34, 0x12));
    expect(parseZigbeeKey({ data, secrets: "zigbeeNwkKey" })).toEqual({ key, panId: 0x1a62 });
    expect(parseZigbeeKey({ data, secrets: "zigbeeApsKey" })).toEqual({
      key,
      panId: 0x1a62,
      shortAddress: 0x1234,
    });
    expect(parseZigbeeKey({ data: key, secrets: "zigbeeNwkKey" })).toBeUndefined();
    expect(parseZigbeeKey({ data, secrets: "tlsKeyLog" })).toBeUndefined();
  });
});

describe("parseJournalEntry", () => {
  it("reads text and binary fields up to the padding", () => {
    const binary = join(ascii("MESSAGE\n"), number(8, 3, true), ascii("a\nb"), ascii("\n"));
    const data = join(ascii("_PID=1\n"), binary, ascii("EMPTY=\n"), new Uint8Array(3));
    expect(parseJournalEntry({ data })).toEqual([
      { name: "_PID", value: "1" },
      { name: "MESSAGE", value: ascii("a\nb") },
      { name: "EMPTY", value: "" },
    ]);
  });

  it("stops at what does not fit", () => {
    const data = join(ascii("A=1\nB\n"), number(8, 2n ** 60n, true), ascii("x\n"));
    expect(parseJournalEntry({ data })).toEqual([{ name: "A", value: "1" }]);
    expect(parseJournalEntry({ data: ascii("\nA=1") })).toEqual([]);
    expect(parseJournalEntry({ data: ascii("A=1\nBCD") })).toEqual([{ name: "A", value: "1" }]);
  });
});
