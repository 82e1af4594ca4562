/** What of an ARP message tells whether it answers another. */
interface Message {
  readonly opcode: number;
  readonly sha: string | undefined;
  readonly spa: string | undefined;
  readonly tha: string | undefined;
  readonly tpa: string | undefined;
  readonly senderHardware: Uint8Array | undefined;
  readonly senderProtocol: Uint8Array | undefined;
  readonly targetHardware: Uint8Array | undefined;
  readonly targetProtocol: Uint8Array | undefined;
}

/** Operations (IANA arp-parameters): what is asked, and how it is answered. */
const REQUEST = 1;
const REVERSE_REQUEST = 3;
const DYNAMIC_REVERSE_REQUEST = 5;
const INVERSE_REQUEST = 8;
const replies: ReadonlyMap<number, readonly number[]> = new Map([
  // Of ATM, also that there is no such address (RFC 2225 §8.4).
  [REQUEST, [2, 10]],
  [REVERSE_REQUEST, [4]],
  [DYNAMIC_REVERSE_REQUEST, [6, 7]],
  [INVERSE_REQUEST, [9]],
]);

type Address = string | Uint8Array | undefined;

const isSame = (a: Address, b: Address): boolean =>
  a !== undefined && b !== undefined && String(a) === String(b);

/**
 * Whether a message answers another: ARP asks for the hardware address of a protocol address (RFC 826), RARP and DRARP
 * for the protocol address of the target, who mostly asks for himself (RFC 903, RFC 1931), InARP for that of a hardware
 * address (RFC 2390).
 */
export function isArpReply(own: Message, request: Message): boolean {
  if (!replies.get(request.opcode)?.includes(own.opcode)) return false;
  const [sender, target] = [hardware(own, true), hardware(own, false)];
  if (request.opcode === REVERSE_REQUEST || request.opcode === DYNAMIC_REVERSE_REQUEST)
    return isSame(target, hardware(request, false));
  if (!isSame(target, hardware(request, true))) return false;
  if (request.opcode === INVERSE_REQUEST) return isSame(sender, hardware(request, false));
  return (
    isSame(own.spa ?? own.senderProtocol, request.tpa ?? request.targetProtocol) &&
    isSame(own.tpa ?? own.targetProtocol, request.spa ?? request.senderProtocol)
  );
}

const hardware = (m: Message, ofSender: boolean): Address =>
  ofSender ? (m.sha ?? m.senderHardware) : (m.tha ?? m.targetHardware);
