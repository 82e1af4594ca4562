import { formatHex } from "../../bytes/hex.ts";
import { readU32 } from "../../bytes/numbers.ts";
import { isCertificateType } from "../../protocols/application/ssh/host-key.ts";
import type { sshReply } from "../../protocols/application/ssh/key-exchange.ts";
import { typeOf } from "../../protocols/application/ssh/type-of.ts";
import type { Layer } from "../../schema/layer.ts";
import type { ViewOf } from "../../schema/protocol.ts";
import { bytesCell, textCell } from "./cell.ts";
import type { Emit } from "./context.ts";

/** A reply of the server, as its declaration shows it. */
export type SshReplyView = ViewOf<typeof sshReply>;

/** A number of more than 8192 bits is a fault to Wireshark; the first byte may be the sign's. */
export const LONGEST_NUMBER = 1025;

/** The bytes behind the type that a key or signature begins with. */
const behindType = ({ bytes, start, end }: Layer, type: string): Uint8Array =>
  bytes.subarray(start + 4 + type.length, end);

/** Strings one behind the other, as far as they fit. */
function stringAt(bytes: Uint8Array, wanted: number): Uint8Array {
  let at = 0;
  for (let i = 0; at + 4 <= bytes.length; i++) {
    const end = Math.min(bytes.length, at + 4 + readU32(bytes, at));
    if (i === wanted) return bytes.subarray(at + 4, end);
    at = end;
  }
  return new Uint8Array();
}

/** Keys that Wireshark takes apart without asking whether they are certificates: it then shows what stands in their place. */
const isMisread = (type: string): boolean =>
  isCertificateType(type) && /^(ecdsa-sha2-|ssh-ed)/.test(type);

/** What it shows of a key's part: of a certificate what stands where a plain key has it, or nothing. */
export function hostKeyCell(part: string, plain: string, key: Layer): string | null {
  const type = typeOf(key);
  if (!isCertificateType(type)) return plain;
  if (!isMisread(type)) return null;
  const bytes = behindType(key, type);
  const [first, second] = [stringAt(bytes, 0), stringAt(bytes, 1)];
  switch (part) {
    case "ecdsa.id_length":
    case "eddsa.key_length":
      return String(first.length);
    case "ecdsa.id":
      return textCell(latin1(first));
    case "eddsa.key":
      return bytesCell(first);
    case "ecdsa.q_length":
      return String(second.length);
    case "ecdsa.q":
      return bytesCell(second);
    default:
      return null;
  }
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Signatures of which it shows nothing, and those that it takes apart. */
const HIDDEN_SIGNATURE = /^(ecdsa-sha2-|ssh-ed25519|ssh-ed448)/;
const READ_SIGNATURE = /^ssh-(rsa|dss)$/;

/** Whether a signature is one that it takes apart. */
export const isReadSignature = (signature: Layer): boolean =>
  READ_SIGNATURE.test(typeOf(signature));

/** What it shows of a reply beside the declared parts. */
export function tellReply({ hostKey, signature }: SshReplyView, emit: Emit): void {
  if (hostKey !== undefined) {
    const type = typeOf(hostKey.layer);
    if (isCertificateType(type) && !isMisread(type))
      emit("ssh.host_key.data", bytesCell(behindType(hostKey.layer, type)));
  }
  if (signature === undefined) return;
  const type = typeOf(signature.layer);
  if (READ_SIGNATURE.test(type)) return;
  const data = behindType(signature.layer, type);
  if (!HIDDEN_SIGNATURE.test(type)) emit("ssh.host_sig.data", bytesCell(data));
  if (data.length > 0) emit("ssh.packet_decode.error", "1");
}

/** Bytes as hex, numbers and texts as they are. */
export function plainCell(value: unknown): string {
  if (value instanceof Uint8Array) return formatHex(value);
  return typeof value === "string" ? textCell(value) : String(value);
}
