import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatIpv6, formatMac } from "../../src/bytes/address.ts";
import { decodeOption } from "../../src/files/option-values.ts";
import { readOptions, readPacketFlags, readPacketOptions } from "../../src/files/options.ts";
import { interfaceDescription } from "../../src/files/pcapng-write-interface.ts";
import {
  obsoletePacketOptions,
  type PacketOptionsRecipe,
  packetFlags,
  packetOptions,
} from "../../src/files/pcapng-write-packet.ts";
import { formatJournalEntry, formatKeyLog } from "../../src/files/pcapng-write-secrets.ts";
import { PcapngWriter } from "../../src/files/pcapng-writer.ts";
import { parseJournalEntry, parseKeyLog, parseZigbeeKey } from "../../src/files/secrets.ts";
import { ascii, endOfOptions, join, number, option, readAll } from "./samples.ts";

/** Text that comes back as it was: no NUL, and no mark of byte order in front, which readers take off. */
const text = fc
  .string({ unit: "binary", maxLength: 20 })
  .filter((one) => !one.includes("\0") && !one.startsWith("\ufeff"));
const bytes = fc.uint8Array({ maxLength: 20 });
const wide = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const word = fc.nat(0xffff_ffff);
const tagged = fc.record({ type: fc.nat(255), data: bytes });
const custom = fc.record({
  pen: word,
  value: fc.oneof(text, bytes),
  copyable: fc.boolean(),
});

describe("options of packets", () => {
  it.each([true, false])("as they stand in the file (little endian: %s)", (little) => {
    const recipe: PacketOptionsRecipe = {
      comment: ["first", "größer"],
      flags: {
        direction: "outbound",
        reception: "promiscuous",
        fcsLength: 4,
        checksumNotReady: true,
        checksumValid: true,
        crcError: true,
        symbolError: true,
      },
      hash: { type: 2, data: Uint8Array.of(9, 8, 7, 6) },
      dropCount: 2n ** 40n,
      packetId: 77,
      queue: 3,
      verdict: [{ type: 1, data: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 2) }],
      custom: [
        { pen: 32_473, value: "text" },
        { pen: 32_473, value: Uint8Array.of(1), copyable: false },
      ],
      other: [{ code: 4711, value: ascii("new") }],
    };
    const pen = number(4, 32_473, little);
    const expected = join(
      option(2, number(4, 0x8100_0692, little), little),
      option(3, Uint8Array.of(2, 9, 8, 7, 6), little),
      option(4, number(8, 2n ** 40n, little), little),
      option(5, number(8, 77n, little), little),
      option(6, number(4, 3, little), little),
      option(7, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 2), little),
      option(1, "first", little),
      option(1, "größer", little),
      option(2988, join(pen, ascii("text")), little),
      option(19_373, join(pen, Uint8Array.of(1)), little),
      option(4711, "new", little),
      endOfOptions,
    );
    expect(packetOptions(recipe, little)).toEqual(expected);
  });

  it("are none when none are given", () => {
    expect(packetOptions({})).toHaveLength(0);
    expect(obsoletePacketOptions({ comment: [] })).toHaveLength(0);
  });

  it("come back from the reader as they were given", () => {
    const recipes = fc.record({
      comment: fc.array(text, { maxLength: 3 }),
      flags: word,
      hash: fc.array(tagged, { maxLength: 2 }),
      dropCount: wide,
      packetId: wide,
      queue: word,
      verdict: fc.array(tagged, { maxLength: 2 }),
      custom: fc.array(custom, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(recipes, fc.boolean(), (recipe, little) => {
        const list = packetOptions(recipe, little);
        expect(list.length % 4).toBe(0);
        const read = readPacketOptions(list, 0, list.length, little);
        const { flags, comments, hashes, dropCount, packetId, queue, verdicts } = read;
        expect(flags?.value).toBe(recipe.flags);
        expect(comments).toEqual(recipe.comment);
        expect(hashes).toEqual(recipe.hash);
        expect({ dropCount, packetId, queue }).toEqual({
          dropCount: recipe.dropCount,
          packetId: recipe.packetId,
          queue: recipe.queue,
        });
        expect(verdicts).toEqual(recipe.verdict);
        expect(read.custom.map(({ code, ...rest }) => rest)).toEqual(recipe.custom);
        expect(read.unknown).toEqual([]);
      }),
    );
  });

  it("that a reader decoded can be given again", () => {
    const recipes = fc.record(
      {
        comment: text,
        flags: word,
        hash: fc.array(tagged, { maxLength: 2 }),
        queue: word,
        custom: fc.array(custom, { maxLength: 3 }),
        other: fc.constant([{ code: 4711, value: ascii("new") }]),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(recipes, fc.boolean(), (recipe, little) => {
        const list = packetOptions(recipe, little);
        const read = readPacketOptions(list, 0, list.length, little);
        expect(packetOptions(read, little)).toEqual(list);
        const writer = new PcapngWriter({ littleEndian: little });
        writer.write(list, 0, 0, 0, 0, 0, 0, read);
        expect(readAll(writer.take()).rows[0]?.options).toEqual([...list]);
      }),
    );
  });

  it("of the obsolete block have two codes of their own", () => {
    const list = obsoletePacketOptions({ flags: 1, hash: { type: 0, data: ascii("a") } }, false);
    const expected = [option(2, number(4, 1, false), false), option(3, "\0a", false), endOfOptions];
    expect(list).toEqual(join(...expected));
  });

  it("that do not fit are refused by their name", () => {
    expect(() => packetOptions({ queue: -1 })).toThrow(
      "packet.queue must be an integer from 0 to 4294967295, got -1",
    );
    expect(() => packetOptions({ dropCount: 2n ** 64n })).toThrow("packet.dropCount must be");
    expect(() => packetOptions({ flags: 2 ** 32 })).toThrow("packet.flags must be an integer");
    expect(() => packetOptions({ hash: { type: 256, data: bytesOf(1) } })).toThrow(
      "packet.hash.type must be an integer from 0 to 255, got 256",
    );
    expect(() => packetOptions({ verdict: { type: 1, data: bytesOf(65_535) } })).toThrow(
      "packet.verdict must have at most 65535 bytes, got 65536",
    );
  });
});

const bytesOf = (length: number): Uint8Array => new Uint8Array(length);

describe("packet flags", () => {
  it("are the word that they are read from", () => {
    fc.assert(
      fc.property(word, (value) => {
        // Twelve bits have no meaning.
        const meant = (value & 0xff00_0fff) >>> 0;
        expect(packetFlags(readPacketFlags(meant))).toBe(meant);
      }),
    );
  });

  it("that do not fit are refused by their name", () => {
    expect(() => packetFlags({ fcsLength: 16 })).toThrow("flags.fcsLength must be an integer from");
    expect(() => packetFlags({ reception: 8 })).toThrow("flags.reception must be an integer from");
    const direction = "up" as "inbound";
    expect(() => packetFlags({ direction })).toThrow("flags.direction must be one of unknown, in");
    expect(() => packetFlags({ direction })).toThrow(TypeError);
  });
});

describe("options of interfaces", () => {
  it("come back from the reader as they were given", () => {
    const address = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    const recipes = fc.record({
      name: text,
      description: text,
      resolution: fc.record({
        base: fc.constantFrom(2 as const, 10 as const),
        exponent: fc.nat(127),
      }),
      speed: wide,
      timeZone: fc.integer(),
      filter: fc.oneof(
        text,
        tagged.filter(({ type }) => type !== 0),
      ),
      os: text,
      fcsLength: fc.nat(31),
      timeOffset: fc.maxSafeInteger(),
      hardware: text,
      addresses: fc.record({
        ipv6: address(16).map((b) => `${formatIpv6(b, 0)}/77`),
        mac: address(6).map((b) => formatMac(b, 0)),
      }),
    });
    fc.assert(
      fc.property(recipes, fc.boolean(), (recipe, little) => {
        const raw = interfaceDescription(recipe, little);
        const options = readOptions(raw, 16, raw.length - 4, little).map((one) =>
          decodeOption(1, one, little),
        );
        const { addresses, fcsLength, timeOffset, ...rest } = recipe;
        expect(Object.fromEntries(options.map(({ name, value }) => [name, value]))).toEqual({
          if_name: rest.name,
          if_description: rest.description,
          if_IPv6addr: addresses.ipv6,
          if_MACaddr: addresses.mac,
          if_speed: rest.speed,
          if_tsresol: rest.resolution,
          if_tzone: rest.timeZone,
          if_filter: rest.filter,
          if_os: rest.os,
          if_fcslen: fcsLength * 8,
          if_tsoffset: BigInt(timeOffset),
          if_hardware: rest.hardware,
        });
      }),
    );
  });
});

describe("secrets", () => {
  const written = (recipe: Parameters<PcapngWriter["secrets"]>[0], littleEndian: boolean) => {
    const writer = new PcapngWriter({ littleEndian });
    writer.secrets(recipe);
    return readAll(writer.take()).one("decryptionSecrets");
  };

  it.each([true, false])("are read as they were given (little endian: %s)", (little) => {
    const tls = [{ label: "CLIENT_RANDOM", values: ["0102", "0a0b"] }];
    const log = written({ secrets: "tlsKeyLog", entries: tls, comment: "keys" }, little);
    expect(log).toMatchObject({
      secretsType: 0x544c534b,
      data: ascii("CLIENT_RANDOM 0102 0a0b\n"),
    });
    expect(log.options).toEqual([{ code: 1, value: ascii("keys") }]);
    expect(parseKeyLog(log)).toEqual(tls);

    const peer = [{ label: "LOCAL_STATIC_PRIVATE_KEY", values: ["abc="] }];
    const wireguard = written({ secrets: "wireguardKeyLog", entries: peer }, little);
    expect(wireguard.data).toEqual(ascii("LOCAL_STATIC_PRIVATE_KEY = abc=\n"));
    expect(parseKeyLog(wireguard)).toEqual(peer);

    const ssh = written({ secrets: "sshKeyLog", data: "0011 SHARED_SECRET 22\n" }, little);
    expect(ssh).toMatchObject({ secrets: "sshKeyLog", data: ascii("0011 SHARED_SECRET 22\n") });

    const key = Uint8Array.from({ length: 16 }, (_, i) => i);
    const network = { key, panId: 0x1234 };
    expect(parseZigbeeKey(written({ secrets: "zigbeeNwkKey", ...network }, little))).toEqual(
      network,
    );
    const device = { ...network, shortAddress: 0xfeff };
    const aps = written({ secrets: "zigbeeApsKey", ...device }, little);
    expect(parseZigbeeKey(aps)).toEqual(device);
    expect([...aps.data.slice(16)]).toEqual([0x34, 0x12, 0xff, 0xfe]);

    expect(written({ secretsType: 77, data: key }, little)).toMatchObject({
      secretsType: 77,
      secrets: "unknown",
      data: key,
    });
  });

  it("key logs are parsed as they were given", () => {
    const part = fc.stringMatching(/^[\w+/]{1,12}=?$/);
    const entry = fc.record({
      label: fc.stringMatching(/^[A-Z_]{1,20}$/),
      values: fc.array(part, { maxLength: 3 }),
    });
    const kind = fc.constantFrom("tlsKeyLog" as const, "wireguardKeyLog" as const);
    fc.assert(
      fc.property(kind, fc.array(entry), (secrets, entries) => {
        const data = ascii(formatKeyLog(secrets, entries));
        expect(parseKeyLog({ data })).toEqual(entries);
      }),
    );
    for (const label of ["", "a b", "#c", "x="]) {
      expect(() => formatKeyLog("tlsKeyLog", [{ label, values: [] }])).toThrow(
        "entries.label must",
      );
    }
    for (const value of ["", "a b", "=c", "d\n"]) {
      const entries = [{ label: "L", values: [value] }];
      expect(() => formatKeyLog("tlsKeyLog", entries)).toThrow("entries.values must");
    }
  });
});

describe("journal entries", () => {
  it("are parsed as they were given", () => {
    const field = fc.record({
      name: fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,10}$/),
      value: fc.oneof(
        text.filter((one) => !one.includes("\n")),
        bytes,
      ),
    });
    fc.assert(
      fc.property(fc.array(field), fc.boolean(), (fields, littleEndian) => {
        expect(parseJournalEntry({ data: formatJournalEntry(fields) })).toEqual(fields);
        const writer = new PcapngWriter({ littleEndian });
        writer.journal({ fields });
        // The block pads with zeros, which begin no field.
        expect(parseJournalEntry(readAll(writer.take()).one("journal"))).toEqual(fields);
      }),
    );
  });

  it("have text of several lines as bytes with a length", () => {
    const entry = formatJournalEntry([
      { name: "MESSAGE", value: "one" },
      { name: "LINES", value: "a\nb" },
    ]);
    expect(entry).toEqual(ascii("MESSAGE=one\nLINES\n\x03\0\0\0\0\0\0\0a\nb\n"));
    const writer = new PcapngWriter();
    writer.journal({ data: "MESSAGE=x\n" });
    expect(readAll(writer.take()).one("journal").data).toEqual(ascii("MESSAGE=x\n\0\0"));
  });

  it("have names without = and line feeds", () => {
    for (const name of ["", "a=b", "a\nb"]) {
      expect(() => formatJournalEntry([{ name, value: "" }])).toThrow("fields.name must have no =");
    }
  });
});
