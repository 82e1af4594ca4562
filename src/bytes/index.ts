/** Numbers, addresses, checksums, serial numbers, entropy and hexadecimal text in arrays of bytes. */
export {
  formatEui64,
  formatIpv4,
  formatIpv6,
  formatMac,
  parseEui64,
  parseIpv4,
  parseIpv6,
  parseMac,
  writeEui64,
  writeIpv4,
  writeIpv6,
  writeMac,
} from "./address.ts";
export { checksum16, crc32, crc32c, foldSum, sum16, updateChecksum16 } from "./checksum.ts";
export {
  commonDecoders,
  type Decoded,
  type Decoder,
  type Decoders,
  decodeDeflate,
  decodeGzip,
} from "./content-coding.ts";
export { fromHex, fromHexAll } from "./dump.ts";
export { entropy } from "./entropy.ts";
export { escapeText, quoteText } from "./escape.ts";
export { formatHex, type HexDumpOptions, hexDump, parseHex, parseHexDump } from "./hex.ts";
export {
  readBigUint,
  readBigUintLe,
  readBits,
  readU16,
  readU16le,
  readU32,
  readU32le,
  readUint,
  readUintLe,
  writeBigUint,
  writeBigUintLe,
  writeBits,
  writeUint,
  writeUintLe,
} from "./numbers.ts";
export { type RandomNumber, randomIpv4, randomIpv6, randomMac } from "./random-address.ts";
export {
  serialAdd,
  serialAfter,
  serialBefore,
  serialDistance,
  serialMax,
  unwrap,
} from "./serial.ts";
export {
  type Address,
  addressBytes,
  isBroadcast,
  isDocumentation,
  isGlobal,
  isLinkLocal,
  isLocallyAdministered,
  isLoopback,
  isMulticast,
  isPrivate,
  isUnspecified,
  parsePrefix,
  type SpecialBlock,
  specialBlock,
} from "./special.ts";
