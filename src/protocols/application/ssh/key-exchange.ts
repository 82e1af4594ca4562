import { readU32 } from "../../../bytes/numbers.ts";
import { u32 } from "../../../schema/field.ts";
import type { Layer } from "../../../schema/layer.ts";
import { record } from "../../../schema/protocol.ts";
import { sshHostKey } from "./host-key.ts";
import { messageBase } from "./message-base.ts";
import { sshSignature } from "./signature.ts";

const mpint = { filter: "mpint_length" } as const;

/** Bytes of a message's number, and of a length. */
const CODE = 1;
const LENGTH = 4;

/**
 * Whether a message is so many strings and nothing else. Numbers of key exchange messages mean one thing in one method and
 * another in the next; what they are made of tells them apart without knowing the method.
 */
function isStrings({ bytes, start, end }: Layer, count: number): boolean {
  let at = start + CODE;
  for (let i = 0; i < count; i++) {
    if (at + LENGTH > end) return false;
    at += LENGTH + readU32(bytes, at);
    if (at > end) return false;
  }
  return at === end;
}

/** A request of the older group exchange is one number of bits. */
const isOldRequest = (layer: Layer): boolean => layer.end - layer.start === CODE + LENGTH;
/** A group is two numbers; a reply is three strings. */
const isGroup = (layer: Layer): boolean => isStrings(layer, 2);

/**
 * Number 30: the client's public value. `e` of Diffie-Hellman (RFC 4253 §8), `Q_C` of elliptic curves (RFC 5656 §4, RFC 8731
 * §3), the value of a hybrid; and the older request for a group, which has a size only (RFC 4419 §5).
 */
export const keyExchangeInit = messageBase
  .when((m) => isOldRequest(m.layer), {
    bits: u32("Bits of the Group", { filter: "dh_gex.nbits" }),
  })
  .when((m) => !isOldRequest(m.layer), { publicLength: u32("Length of the Public Value", mpint) })
  .bytes(
    "public",
    "Public Value of the Client",
    { field: "publicLength" },
    { filter: "dh.e", when: (m) => !isOldRequest(m.layer) },
  );

/** A group of Diffie-Hellman that the server proposes (RFC 4419 §3). */
const group = record("ssh.group", "Group", { spec: "RFC 4419 §3" })
  .fields({ pLength: u32("Length of the Modulus", mpint) })
  .bytes("p", "Modulus", { field: "pLength" }, { filter: "dh_gex.p" })
  .fields({ gLength: u32("Length of the Generator", mpint) })
  .bytes("g", "Generator", { field: "gLength" }, { filter: "dh_gex.g" });

/** The server's public key and value, and its signature over all of the exchange (RFC 4253 §8, RFC 5656 §4). */
export const sshReply = record("ssh.reply", "Reply", { spec: "RFC 4253 §8" })
  .fields({ hostKeyLength: u32("Host Key Length", { filter: "host_key.length" }) })
  .record("hostKey", "Host Key", sshHostKey, { size: { field: "hostKeyLength" } })
  .fields({ publicLength: u32("Length of the Public Value", mpint) })
  .bytes("public", "Public Value of the Server", { field: "publicLength" }, { filter: "dh.f" })
  .fields({ signatureLength: u32("Signature Length", { filter: "host_sig.length" }) })
  .record("signature", "Signature", sshSignature, { size: { field: "signatureLength" } });

/** Number 31: a group where one was asked for (RFC 4419 §3), the server's reply in all other methods. */
export const keyExchangeReply = messageBase
  .record("group", "Group", group, { when: (m) => isGroup(m.layer) })
  .record("reply", "Reply", sshReply, { when: (m) => !isGroup(m.layer) });

/** Number 32: the client's public value in the group that it got (RFC 4419 §3). */
export const groupExchangeInit = messageBase
  .fields({ publicLength: u32("Length of the Public Value", mpint) })
  .bytes("public", "Public Value of the Client", { field: "publicLength" }, { filter: "dh.e" });

/** Number 33: the server's reply of a group exchange (RFC 4419 §3). */
export const groupExchangeReply = messageBase.record("reply", "Reply", sshReply);

/** Number 34: which group the client wants (RFC 4419 §3). */
export const groupExchangeRequest = messageBase.fields({
  least: u32("Least Bits of the Group", { filter: "dh_gex.min" }),
  bits: u32("Bits of the Group", { filter: "dh_gex.nbits" }),
  most: u32("Most Bits of the Group", { filter: "dh_gex.max" }),
});
