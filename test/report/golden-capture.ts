import { parseHex } from "../../src/bytes/hex.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import {
  block,
  endOfOptions,
  epb,
  idb,
  isb,
  join,
  number,
  option,
  pb,
  shb,
  spb,
} from "../files/samples.ts";

/** Ethernet, IPv4 and UDP around seven bytes, and two bytes of padding; addresses of documentation (RFC 5737, RFC 7042). */
export const datagram: Uint8Array = parseHex(
  "00005e00530b00005e00530a0800 4500002312340000 3d1151c6c000020ac6336414 c0a9270f000f0000 3c2f623e26220a 0000",
);
/** The same, cut inside the header of UDP; its length on the wire is said beside it. */
const cut = datagram.subarray(0, 38);

/** What the reports show no more of than they must: the files do not change when other protocols are added. */
export const goldenDissector = createDissector([ethernet, ipv4, udp]);

const TIME = 1_772_436_600_123_456n;

/** One section: interfaces, packets in all blocks that packets come in, and every other block. */
function section(little: boolean): Uint8Array[] {
  const n32 = (value: number): Uint8Array => number(4, value, little);
  const n64 = (value: number | bigint): Uint8Array => number(8, value, little);
  const options = (...list: readonly Uint8Array[]): Uint8Array => join(...list, endOfOptions);
  const text = (code: number, value: string): Uint8Array => option(code, value, little);
  const bytes = (code: number, hex: string): Uint8Array => option(code, parseHex(hex), little);
  const wide = (code: number, value: number | bigint): Uint8Array =>
    option(code, n64(value), little);
  const time = (code: number): Uint8Array =>
    option(code, join(n32(Number(TIME >> 32n)), n32(Number(TIME & 0xffff_ffffn))), little);
  const custom = option(2988, join(n32(32_473), new TextEncoder().encode("own <&> 名")), little);

  const about = options(
    text(1, 'a "golden" capture'),
    text(2, "none"),
    text(3, "any"),
    text(4, "<by hand>"),
    custom,
  );
  const first = options(
    ...[text(2, "eth0"), text(3, "a & b"), bytes(4, "c000020affffff00"), bytes(6, "00005e00530a")],
    ...[bytes(5, "20010db8000000000000000000000001 40"), wide(8, 1_000_000_000n), bytes(9, "06")],
    ...[option(11, join(parseHex("00"), new TextEncoder().encode("udp")), little), text(12, "any")],
    ...[bytes(13, "04"), wide(14, 0), bytes(10, "00000000")],
  );
  const nanoseconds = options(text(2, "eth1"), bytes(9, "09"));
  const said = options(
    ...[
      text(1, "two lines\n\tand \u{1f600}"),
      text(1, "]]></script>"),
      option(2, n32(0x0000_0125), little),
    ],
    ...[
      bytes(3, "02c0ffee00"),
      wide(4, 3),
      wide(5, 2n ** 64n - 1n),
      option(6, n32(7), little),
      bytes(7, "010000000000000002"),
    ],
    ...[custom, bytes(4711, "aabbcc")],
  );
  const names = join(
    ...[
      number(2, 1, little),
      number(2, 17, little),
      parseHex("c000020a"),
      new TextEncoder().encode("host.example\0"),
      new Uint8Array(3),
    ],
    ...[number(2, 2, little), number(2, 24, little), parseHex("20010db8000000000000000000000001")],
    ...[new TextEncoder().encode("a.b.c.d\0"), n32(0), options(text(2, "resolver"))],
  );
  const counted = options(time(2), time(3), wide(4, 10), wide(5, 2n ** 63n), wide(8, 9));
  return [
    shb(little, about),
    idb(little, first, { snaplen: 262_144 }),
    idb(little, nanoseconds, { linkType: 147 }),
    epb(datagram, { little, units: TIME, options: said }),
    epb(cut, { little, units: TIME + 1n, original: datagram.length }),
    spb(datagram, datagram.length, little),
    pb(datagram, 5, { little, units: TIME + 2n, options: options(option(2, n32(1), little)) }),
    epb(parseHex("cafe"), { little, id: 1, units: 1_772_436_600_123_456_789n }),
    block(4, names, little),
    isb(0, TIME, counted, little),
    block(
      9,
      new TextEncoder().encode('__REALTIME_TIMESTAMP=1772436600123456\nMESSAGE=<ready> & "set"\n'),
      little,
    ),
    block(
      10,
      join(n32(0x544c_534b), n32(17), new TextEncoder().encode("CLIENT_RANDOM 0 1")),
      little,
    ),
    block(0xbad, join(n32(32_473), parseHex("0102030405060708")), little),
    block(0x4000_0bad, join(n32(32_473), parseHex("ff")), little),
    block(0x1234_5678, parseHex("00112233445566778899aabbccddeeff00112233"), little),
  ];
}

/**
 * A capture with every kind of block that pcapng has, byte by byte, in a section of either byte order: what the reports under
 * `golden/` are of.
 */
export const goldenCapture: Uint8Array = join(...section(true), ...section(false));
