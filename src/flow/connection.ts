import type { Layer } from "../schema/layer.ts";
import { readNumber } from "../schema/layout.ts";
import type { ConnectionPlaces } from "./place.ts";

/** What a side did, as bits. */
const Mark = { syn: 1, synAck: 2, fin: 4, rst: 8, ack: 16, data: 32 } as const;
/** Their letters in a history; those of the originator are capitals. */
const letters: readonly (readonly [bit: number, letter: string])[] = [
  [Mark.syn, "s"],
  [Mark.synAck, "h"],
  [Mark.ack, "a"],
  [Mark.data, "d"],
  [Mark.fin, "f"],
  [Mark.rst, "r"],
];

/**
 * How a connection went, in Zeek's words:
 *
 * | | |
 * | --- | --- |
 * | `S0` | an attempt that nobody answered |
 * | `S1` | established, and not ended |
 * | `SF` | established and ended by both sides |
 * | `REJ` | an attempt that was rejected |
 * | `S2`, `S3` | established, and only the originator, only the responder ended its side |
 * | `RSTO`, `RSTR` | established, and reset by the originator, by the responder |
 * | `RSTOS0` | an attempt that the originator reset before there was an answer |
 * | `RSTRH` | an answer to an attempt that was not seen, and then a reset by the responder |
 * | `SH`, `SHR` | one side began and ended, and the other one's part was not seen: the originator, the responder |
 * | `OTH` | neither the attempt nor its answer was seen |
 *
 * Flows without connections are `SF` where both sides were seen, `S0` and `SHR` where one was; messages are `OTH`.
 */
export type ConnectionState =
  | ("S0" | "S1" | "S2" | "S3" | "SF" | "REJ")
  | ("RSTO" | "RSTR" | "RSTOS0" | "RSTRH" | "SH" | "SHR" | "OTH");

/** Where a connection stands: nothing answered yet, both sides take part, or it is over. */
export type Phase = "new" | "established" | "closed";

/** The flags of one packet, as {@link Connection.see} takes them. */
export interface Flags {
  readonly all: number;
  readonly marks: number;
}

/** The flags of a layer, and whether the packet only acknowledges. */
export function readFlags(layer: Layer, places: ConnectionPlaces, payload: number): Flags {
  const has = (place: ConnectionPlaces["syn"]): boolean => (readNumber(layer, place) ?? 0) !== 0;
  const [syn, ack, fin, rst] = [places.syn, places.ack, places.fin, places.rst].map(has);
  const begins = syn ? (ack ? Mark.synAck : Mark.syn) : 0;
  const isPlain = ack && !syn && !fin && !rst && payload === 0;
  const marks =
    begins |
    (fin ? Mark.fin : 0) |
    (rst ? Mark.rst : 0) |
    (isPlain ? Mark.ack : 0) |
    (payload > 0 ? Mark.data : 0);
  return { all: readNumber(layer, places.flags) ?? 0, marks };
}

/** Whether a packet asks for a connection. */
export const isAttempt = ({ marks }: Flags): boolean => (marks & Mark.syn) !== 0;
/** Whether a packet answers who asked for one. */
export const isAnswer = ({ marks }: Flags): boolean => (marks & Mark.synAck) !== 0;

/** What is seen of a connection (RFC 9293 §3.3.2), as far as one who only watches can tell. */
export class Connection {
  /** All flags that either side set, or-ed together. */
  originatorFlags: number;
  responderFlags: number;
  /** What happened, a letter for the first time of each: `ShADadFf`. `^` stands first where the answer came first. */
  history: string;
  private originator: number;
  private responder: number;
  /** Who sent the first reset: 1 the originator, 2 the responder. */
  private reset: number;

  constructor(history = "") {
    this.originatorFlags = 0;
    this.responderFlags = 0;
    this.history = history;
    this.originator = 0;
    this.responder = 0;
    this.reset = 0;
  }

  /** One that goes on where another stood: for the next part of a long flow. */
  continued(): Connection {
    return Object.assign(new Connection(this.history), this);
  }

  /** Takes a packet into account. */
  see({ all, marks }: Flags, isOriginator: boolean): void {
    const before = isOriginator ? this.originator : this.responder;
    for (const [bit, letter] of letters)
      if (marks & bit & ~before) this.history += isOriginator ? letter.toUpperCase() : letter;
    if (isOriginator) {
      this.originator |= marks;
      this.originatorFlags |= all;
    } else {
      this.responder |= marks;
      this.responderFlags |= all;
    }
    if (marks & Mark.rst && this.reset === 0) this.reset = isOriginator ? 1 : 2;
  }

  private get isAsked(): boolean {
    return (this.originator & Mark.syn) !== 0;
  }
  /** Both may ask at once (RFC 9293 §3.5). */
  private get isAnswered(): boolean {
    return (this.responder & (Mark.synAck | Mark.syn)) !== 0;
  }

  get phase(): Phase {
    if (this.reset !== 0 || this.originator & this.responder & Mark.fin) return "closed";
    return this.isAsked && !this.isAnswered ? "new" : "established";
  }

  get state(): ConnectionState {
    const { isAsked, isAnswered } = this;
    if (!isAsked && !isAnswered) return "OTH";
    if (!isAsked) return this.reset === 2 ? "RSTRH" : this.responder & Mark.fin ? "SHR" : "OTH";
    if (this.reset === 1) return isAnswered ? "RSTO" : "RSTOS0";
    if (this.reset === 2) return isAnswered ? "RSTR" : "REJ";
    const ended = this.originator & Mark.fin;
    if (!isAnswered) return ended ? "SH" : "S0";
    if (this.responder & Mark.fin) return ended ? "SF" : "S3";
    return ended ? "S2" : "S1";
  }
}
