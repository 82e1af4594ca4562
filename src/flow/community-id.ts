import { sha1 } from "../bytes/sha1.ts";
import type { Packet } from "../packet/packet.ts";
import { FlowKey, type FlowKeyOptions } from "./key.ts";
import { keyAddress } from "./key-words.ts";

/** The two ends of a flow, as numbers and bytes. */
export interface CommunityIdInput {
  /** Addresses, of 4 or 16 bytes. */
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
  /** The IP protocol number. */
  readonly protocol: number;
  /** Of messages without ports: their type, and the type that answers, or their code. */
  readonly srcPort: number;
  readonly dstPort: number;
  /** A message that nothing answers: its ends are not put in order. */
  readonly oneWay?: boolean;
}

/** The protocols whose ports go in (Community ID v1): of all others the addresses alone are taken. */
const WITH_PORTS: ReadonlySet<number> = new Set([1, 6, 17, 58, 132]);

/** Whether the ends stand in order: the lesser address first, of equal ones the lesser port. */
function inOrder({ src, dst, srcPort, dstPort }: CommunityIdInput): boolean {
  for (let i = 0; i < src.length; i++) {
    const d = src[i]! - dst[i]!;
    if (d !== 0) return d < 0;
  }
  return srcPort <= dstPort;
}

/**
 * The Community ID of a flow (v1): a short text by which different tools name one flow alike. It is the SHA-1 digest of seed,
 * addresses, protocol, a zero byte and ports, in base64; both directions have the same.
 *
 * @throws RangeError for a seed of more than 16 bits, or addresses of different lengths.
 */
export function communityIdOf(input: CommunityIdInput, seed = 0): string {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff)
    throw new RangeError(`communityId: the seed ${seed} is not in 0..65535`);
  const { length } = input.src;
  if (length !== input.dst.length)
    throw new RangeError(`communityId: addresses of ${length} and ${input.dst.length} bytes`);
  const hasPorts = WITH_PORTS.has(input.protocol);
  const whole = new Uint8Array(2 + 2 * length + 2 + (hasPorts ? 4 : 0));
  const view = new DataView(whole.buffer);
  const forward = input.oneWay === true || inOrder(input);
  view.setUint16(0, seed);
  whole.set(forward ? input.src : input.dst, 2);
  whole.set(forward ? input.dst : input.src, 2 + length);
  view.setUint8(2 + 2 * length, input.protocol);
  if (hasPorts) {
    view.setUint16(4 + 2 * length, forward ? input.srcPort : input.dstPort);
    view.setUint16(6 + 2 * length, forward ? input.dstPort : input.srcPort);
  }
  return `1:${btoa(String.fromCharCode(...sha1(whole)))}`;
}

/**
 * The Community ID of a packet's flow; `undefined` where it has no IP addresses. In a tunnel the packet that is carried
 * counts, unless `level` says otherwise.
 */
export function communityId(
  packet: Packet,
  options: FlowKeyOptions & { readonly seed?: number } = {},
): string | undefined {
  const key = new FlowKey(options);
  if (!key.read(packet) || key.protocol < 0) return undefined;
  const { addressLength, words, forward, protocol, srcPort, dstPort, oneWay } = key;
  const src = keyAddress(words, addressLength, forward);
  const dst = keyAddress(words, addressLength, !forward);
  return communityIdOf({ src, dst, protocol, srcPort, dstPort, oneWay }, options.seed);
}
