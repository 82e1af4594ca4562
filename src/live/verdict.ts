import { Packet } from "../packet/packet.ts";
import { MOST_ATTRIBUTE } from "./native/netlink-message.ts";
import { checkRange } from "./range.ts";

/**
 * What can become of a packet, each at its number in the kernel (NF_DROP, NF_ACCEPT ...):
 * - `drop`: it is gone;
 * - `accept`: it goes its way;
 * - `stolen`: it is gone for the kernel, and the program does with its bytes what it likes;
 * - `queue`: it waits in another queue;
 * - `repeat`: it comes to the same place again, also to the rule that sent it here: with a mark, rules can tell;
 * - `stop`: it is accepted, and the rules that would follow at the same place are not asked.
 */
export const verdicts = ["drop", "accept", "stolen", "queue", "repeat", "stop"] as const;
export type Verdict = (typeof verdicts)[number];

/** What becomes of a packet, and what it is when it goes on. */
export interface Decision {
  readonly verdict: Verdict | number;
  /** The packet that goes on instead: the same, changed, with its checksums brought up to date, or bytes as they are. */
  readonly bytes?: Packet | Uint8Array | undefined;
  /** The mark that it has from now on, which rules and routing can see. */
  readonly mark?: number | undefined;
  /** With the verdict `queue`: which one; 0 unless told. */
  readonly queue?: number | undefined;
}

/** What a verdict function gives: one word, its number, or more than that. */
export type Answer = Verdict | number | Decision;

/** What is sent to the kernel of a decision, checked. */
export interface CheckedDecision {
  readonly verdict: Verdict;
  /** The number that the kernel is told, the other queue in its upper half. */
  readonly number: number;
  readonly bytes: Uint8Array | undefined;
  readonly mark: number | undefined;
}

const NF_DROP = 0;
const NF_QUEUE = 3;
const leastLengths = new Map([
  [0x0800, 20],
  [0x86dd, 40],
]);

/** Checks what a verdict function gave for a packet, so that the kernel need not refuse it and keep the packet for ever. */
export function checkedDecision(given: unknown, packet: Packet, protocol: number): CheckedDecision {
  const isWord = typeof given === "string" || typeof given === "number";
  const decision = (isWord ? { verdict: given } : given) as Decision | null | undefined;
  if (typeof decision !== "object" || decision === null)
    throw new TypeError(`verdict: ${String(given)} is none; there are ${verdicts.join(", ")}`);
  const { verdict, bytes, mark, queue } = decision;
  const number = typeof verdict === "number" ? verdict : verdicts.indexOf(verdict);
  const name = verdicts[number];
  if (name === undefined)
    throw new TypeError(`verdict: ${String(verdict)} is none; there are ${verdicts.join(", ")}`);
  if (mark !== undefined) checkRange("mark", mark, 0xffffffff);
  if (queue !== undefined) checkRange("queue", queue, 0xffff);
  // The kernel takes no NF_STOLEN from programs: it gives the packet up either way.
  const told = name === "stolen" ? NF_DROP : number;
  return {
    verdict: name,
    number: name === "queue" ? NF_QUEUE | ((queue ?? 0) << 16) : told,
    bytes: bytes === undefined ? undefined : checkedBytes(bytes, packet, protocol),
    mark,
  };
}

function checkedBytes(given: Packet | Uint8Array, packet: Packet, protocol: number): Uint8Array {
  const bytes = given instanceof Packet ? given.bytes() : given;
  if (!(bytes instanceof Uint8Array))
    throw new TypeError(`bytes: a packet or a Uint8Array is wanted, not ${String(given)}`);
  if (packet.originalLength > packet.end - packet.start && given === packet)
    throw new RangeError("bytes: the packet is too long to be changed, its end is not known here");
  const least = leastLengths.get(protocol) ?? 1;
  if (bytes.length < least || bytes.length > MOST_ATTRIBUTE)
    throw new RangeError(`bytes: ${bytes.length}, and there must be ${least} to ${MOST_ATTRIBUTE}`);
  return bytes;
}
