import { InflateError, Inflater } from "../../bytes/inflate.ts";
import { joined } from "../../bytes/joined.ts";

/** The end of a flushed block, which senders leave out (RFC 7692 §7.2.1). */
const TAIL = Uint8Array.of(0, 0, 0xff, 0xff);
/**
 * Empty stored blocks (RFC 1951 §3.2.4). The decompressor reads a block's header only when as many bytes are there as one can
 * take; these let it come to the end of a message, and change nothing.
 */
const FILLER = new Uint8Array(5 * 125);
for (let i = 0; i < FILLER.length; i += 5) FILLER.set([0, 0, 0, 0xff, 0xff], i);

/** Why a message was not decompressed; empty where it was. */
export interface InflatedMessage {
  readonly bytes: Uint8Array | null;
  readonly fault: string;
}

/** Decompresses the messages of one side (RFC 7692 §7.2.2): each may refer to those before it. */
export class MessageInflater {
  private readonly keepsContext: boolean;
  private readonly limit: number;
  /** Made when first needed: its window is big. */
  private inflater: Inflater | null;
  private isLost: boolean;

  /** `limit` is how many bytes a message may become. */
  constructor(keepsContext: boolean, limit: number) {
    this.keepsContext = keepsContext;
    this.limit = limit;
    this.inflater = null;
    this.isLost = false;
  }

  /** Says that a message was not seen whole: what later ones refer to is not known. */
  lose(): void {
    this.inflater = null;
    this.isLost = this.keepsContext;
  }

  inflate(compressed: Uint8Array): InflatedMessage {
    if (this.isLost)
      return { bytes: null, fault: "earlier messages that it refers to are missing" };
    try {
      const bytes = this.run(compressed);
      if (bytes !== null) return { bytes, fault: "" };
      this.lose();
      return { bytes: null, fault: `more than ${this.limit} bytes` };
    } catch (error) {
      this.lose();
      if (error instanceof InflateError) return { bytes: null, fault: error.message };
      throw error;
    }
  }

  /** The content of a message; `null` where it is more than allowed. */
  private run(compressed: Uint8Array): Uint8Array | null {
    const inflater = (this.inflater ??= new Inflater());
    if (!this.keepsContext) inflater.reset();
    for (const piece of [compressed, TAIL, FILLER]) inflater.feed(piece);
    const pieces: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const status = inflater.run();
      const piece = inflater.output();
      pieces.push(piece);
      size += piece.length;
      if (size > this.limit) return null;
      if (status === "input") break;
      // A sender may end the compressed data altogether (RFC 7692 §7.2.3.4): what follows begins anew.
      if (status === "end") this.inflater = null;
      if (status === "end") break;
    }
    return joined(pieces);
  }
}
