import { parseHex } from "../../../src/bytes/hex.ts";
import { joined } from "../../support/bytes.ts";

/** A certificate with a key on a curve, made with `openssl req -x509` for this test. */
export const ecCertificate = parseHex(
  "30820220308201c5a00302010202021234300a06082a8648ce3d040302303b310b300906035504061302444531163014060355040a0c0d" +
    "4578616d706c652c20496e632e3114301206035504030c0b6578616d706c652e636f6d301e170d3236313132313131333732325a170d33" +
    "36313131383131333732325a303b310b300906035504061302444531163014060355040a0c0d4578616d706c652c20496e632e31143012" +
    "06035504030c0b6578616d706c652e636f6d3059301306072a8648ce3d020106082a8648ce3d030107034200040be41d6fdcd3abdbfc96" +
    "93e4467812852591789e9ac7555c866bd131f9363698e5b11ca3b168166dab426bde80dc0517443aef367495ccf801753bb774d60880a3" +
    "81b83081b5301d0603551d0e04160414e0ea781e9764f7c4731b0a13e56bd1f6272fcbe3301f0603551d23041830168014e0ea781e9764" +
    "f7c4731b0a13e56bd1f6272fcbe3300f0603551d130101ff040530030101ff30520603551d11044b3049820b6578616d706c652e636f6d" +
    "820d2a2e6578616d706c652e636f6d8704c0000201871020010db80000000000000000000000018613687474703a2f2f6578616d706c65" +
    "2e636f6d2f300e0603551d0f0101ff040403020780300a06082a8648ce3d0403020349003046022100ca62a62e224aa99e488e46d44dbb" +
    "7d90e384bd2a93859cb690dd1b8163964da8022100c20f5d8daec7df284c5fc0f06a4792879f680d04590fa3f4a9f7a9a520b930d4",
);

/** A certificate of an authority with a key of 1024 bits, signed with SHA-1, valid into the time after 2049. */
export const rsaCertificate = parseHex(
  "3082022930820192a003020102020107300d06092a864886f70d0101050500302f310f300d06035504030c064f6c64204341311c301a06" +
    "092a864886f70d010901160d61406578616d706c652e636f6d3020170d3236313132313131333732325a180f3231303930313130313133" +
    "3732325a302f310f300d06035504030c064f6c64204341311c301a06092a864886f70d010901160d61406578616d706c652e636f6d3081" +
    "9f300d06092a864886f70d010101050003818d0030818902818100ef64d54c2b6af903b185a669a4638d12f3b65819f5175b4aadbad9a0" +
    "2f2726c6ede64160f92ff849d417b7ba39920b0c7f2ec806950a2caaeae7480b3ad25f1741327172930ff6f10e6c787eb4c3292fee9238" +
    "72b7f50f4b2afcfbb953aa928bd9a673defc548e23837f9d10d9adb5657d7fd5551559d111ec229e160b16d6d10203010001a353305130" +
    "1d0603551d0e04160414ef69c49aab47998ec9b90f3a264d82e44885ea90301f0603551d23041830168014ef69c49aab47998ec9b90f3a" +
    "264d82e44885ea90300f0603551d130101ff040530030101ff300d06092a864886f70d0101050500038181009b42a1574411d315a350aa" +
    "a14482ab37bb6fb2655359e1058782e11a0a9af1d9fb32f2064f2bcf54191145023f426b1e7f920afa2055acc9b1cb9d0e359478900b96" +
    "3b7b640065ea2994842ec03cbcc3db88f01845c19e45ee235e6094ba1e6b214b8f0e7657b41ddb6fef2f760b0ccde239ae10c7817f9d05" +
    "b54c22d72d8700",
);

const u16 = (n: number): Uint8Array => Uint8Array.of(n >> 8, n & 255);
const u24 = (n: number): Uint8Array => Uint8Array.of(n >> 16, (n >> 8) & 255, n & 255);
/** Bytes behind a length of two. */
export const vector16 = (...parts: readonly (Uint8Array | number | string)[]): Uint8Array => {
  const inner = joined(...parts);
  return joined(u16(inner.length), inner);
};

/** A record of a content type. */
export const record = (type: number, content: Uint8Array, version = 0x0303): Uint8Array =>
  joined(type, u16(version), u16(content.length), content);
/** A handshake message. */
export const message = (type: number, content: Uint8Array): Uint8Array =>
  joined(type, u24(content.length), content);
/** An extension. */
export const extension = (
  type: number,
  ...parts: readonly (Uint8Array | number | string)[]
): Uint8Array => joined(u16(type), vector16(...parts));
/** 16-bit numbers. */
export const numbers = (...list: readonly number[]): Uint8Array => joined(...list.map(u16));

const counted = (from: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => from + i);

/** A ClientHello of TLS 1.3 with GREASE, for `example.com`. */
export const clientHello = message(
  1,
  joined(
    numbers(0x0303),
    counted(0x10),
    4,
    Uint8Array.of(1, 2, 3, 4),
    vector16(numbers(0x2a2a, 0x1301, 0xc02b, 0x002f)),
    Uint8Array.of(1, 0),
    vector16(
      extension(0x3a3a),
      extension(0, vector16(0, vector16("example.com"))),
      extension(10, vector16(numbers(0x4a4a, 0x001d, 0x0017))),
      extension(11, Uint8Array.of(1, 0)),
      extension(13, vector16(numbers(0x0403, 0x0804))),
      extension(16, vector16(2, "h2", 8, "http/1.1")),
      extension(43, 4, numbers(0x5a5a, 0x0304)),
      extension(51, vector16(numbers(0x001d), vector16(counted(0x40)))),
    ),
  ),
);

/** A ServerHello; `extensions` are bytes of them. */
export const serverHello = (
  suite: number,
  extensions: Uint8Array,
  random = counted(0x60),
): Uint8Array =>
  message(
    2,
    joined(
      numbers(0x0303),
      random,
      4,
      Uint8Array.of(1, 2, 3, 4),
      numbers(suite),
      0,
      vector16(extensions),
    ),
  );

/** A Certificate message. */
export const certificates = (...list: readonly Uint8Array[]): Uint8Array => {
  const inner = joined(...list.map((one) => joined(u24(one.length), one)));
  return message(11, joined(u24(inner.length), inner));
};

/** The server's part of a handshake before TLS 1.3, as one run of messages. */
export const serverFlight = joined(
  serverHello(0xc02b, extension(16, vector16(2, "h2"))),
  certificates(ecCertificate, rsaCertificate),
  message(12, Uint8Array.of(3, 0, 23, 1, 4)),
  message(14, new Uint8Array(0)),
);
