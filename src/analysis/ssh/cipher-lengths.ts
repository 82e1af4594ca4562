import { readU32 } from "../../bytes/numbers.ts";
import { MOST_LENGTH } from "../../protocols/application/ssh/whole.ts";
import type { SshDirectionAlgorithms } from "./algorithms.ts";

/** Bytes of a code behind a packet, by its name without what it is made over (RFC 4253 §6.4, RFC 6668 §2). */
const sizes: ReadonlyMap<string, number> = new Map([
  ["hmac-sha1", 20],
  ["hmac-sha1-96", 12],
  ["hmac-md5", 16],
  ["hmac-md5-96", 12],
  ["hmac-ripemd160", 20],
  ["hmac-ripemd160@openssh.com", 20],
  ["hmac-sha2-256", 32],
  ["hmac-sha2-256-96", 12],
  ["hmac-sha2-512", 64],
  ["hmac-sha2-512-96", 12],
  ["umac-64@openssh.com", 8],
  ["umac-128@openssh.com", 16],
]);
/** Codes over what is already encrypted, behind a length that is not. */
const OVER_CIPHER = /-etm(@openssh\.com)?$/;

/** Bytes of a message authentication code; 0 for one that is not known. */
export function macSize(mac: string): number {
  const plain = mac.replace("-etm@", "@");
  return sizes.get(plain) ?? sizes.get(plain.replace("@openssh.com", "")) ?? 0;
}

const GCM = /^(AEAD_AES_\d+_GCM|aes\d+-gcm@openssh\.com)$/;
/** Bytes of the tag of AES in Galois/Counter Mode (RFC 5647 §6). */
const GCM_TAG = 16;
/** Of a packet's length. */
const LENGTH = 4;

/** Bytes behind each packet whose length is readable; -1 where lengths are encrypted too. */
function tagSize({ encryption, mac }: SshDirectionAlgorithms): number {
  if (encryption !== null && GCM.test(encryption)) return GCM_TAG;
  return mac !== null && OVER_CIPHER.test(mac) ? macSize(mac) || -1 : -1;
}

/** Counts encrypted packets by their lengths, where the method leaves these readable. */
export class CipherLengths {
  private readonly tag: number;
  private readonly head = new Uint8Array(LENGTH);
  private filled = 0;
  private ahead = 0;
  private count = 0;
  private isLost: boolean;

  constructor(algorithms: SshDirectionAlgorithms | null) {
    this.tag = algorithms === null ? -1 : tagSize(algorithms);
    this.isLost = this.tag < 0;
  }

  /** How many packets were begun; `null` where nobody can tell. */
  get packets(): number | null {
    return this.isLost ? null : this.count;
  }

  /** Says that bytes are missing, so that it is unknown where a packet begins. */
  lose(): void {
    this.isLost = true;
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end && !this.isLost; ) {
      if (this.ahead > 0) {
        const step = Math.min(this.ahead, end - at);
        this.ahead -= step;
        at += step;
        continue;
      }
      this.head[this.filled++] = bytes[at++]!;
      if (this.filled === LENGTH) this.begin();
    }
  }

  private begin(): void {
    const length = readU32(this.head, 0);
    this.filled = 0;
    if (length === 0 || length > MOST_LENGTH || length % 8 !== 0) this.isLost = true;
    this.ahead = length + this.tag;
    this.count++;
  }
}
