import { u8, u16 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";

const none = { filter: null } as const;

const cipherSuite = record("dns.hpkeSuite", "HPKE Cipher Suite").fields({
  kdf: u16("Key Derivation Function", none),
  aead: u16("Authenticated Encryption", none),
});

const extension = record("dns.echExtension", "Extension")
  .fields({ type: u16("Type", none), length: u16("Length", none) })
  .bytes("data", "Data", { field: "length" }, none);

const config = record("dns.echConfig", "ECH Configuration")
  .fields({ version: u16("Version", { filter: null, base: "hex" }), length: u16("Length", none) })
  .header({ field: "length", plus: 4 });

/** How to encrypt a TLS ClientHello: the ECHConfig of TLS Encrypted Client Hello §4, as SVCB records carry it. */
export const echConfig = variants(
  config,
  "version",
  {
    ech: at(
      0xfe0d,
      config
        .fields({
          configId: u8("Configuration ID", none),
          kem: u16("Key Encapsulation", { filter: null, base: "hex" }),
          publicKeyLength: u16("Public Key Length", none),
        })
        .bytes("publicKey", "Public Key", { field: "publicKeyLength" }, none)
        .fields({ suitesLength: u16("Length of Cipher Suites", none) })
        .list("suites", "Cipher Suites", cipherSuite, {
          size: { field: "suitesLength" },
          filter: null,
        })
        .fields({
          maximumNameLength: u8("Maximum Name Length", none),
          publicNameLength: u8("Public Name Length", none),
        })
        .text("publicName", "Public Name", { field: "publicNameLength" }, none)
        .fields({ extensionsLength: u16("Length of Extensions", none) })
        .list("extensions", "Extensions", extension, {
          size: { field: "extensionsLength" },
          filter: null,
        }),
    ),
  },
  config.bytes("contents", "Contents", "rest", none),
);
