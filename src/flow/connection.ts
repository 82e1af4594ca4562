import type { Layer } from "../schema/layer.ts";
import { readNumber } from "../schema/layout.ts";
import type { ConnectionPlaces } from "./place.ts";
import { type HasRecord, Known, type Numbers, Place, RECORD } from "./record.ts";

/** What a side did, as bits. */
const Mark = { syn: 1, synAck: 2, ack: 4, data: 8, fin: 16, rst: 32 } as const;
/** The letter of each bit in a history, from the lowest on; those of the originator are capitals. */
const responderLetters = "shadfr";
const originatorLetters = responderLetters.toUpperCase();

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

/** The flags of one packet, as {@link see} takes them. Filled again and again. */
export class Flags {
  /** The field of all flags. */
  all = 0;
  marks = 0;

  /** Reads the flags of a layer, and whether the packet only acknowledges. */
  read(layer: Layer, places: ConnectionPlaces, payload: number): void {
    const all = readNumber(layer, places.flags) ?? 0;
    const ack = (all & places.ack) !== 0;
    let marks = payload > 0 ? Mark.data : 0;
    if (all & places.syn) marks |= ack ? Mark.synAck : Mark.syn;
    if (all & places.fin) marks |= Mark.fin;
    if (all & places.rst) marks |= Mark.rst;
    this.all = all;
    this.marks = marks === 0 && ack ? Mark.ack : marks;
  }

  /** Whether the packet asks for a connection. */
  get isAttempt(): boolean {
    return (this.marks & Mark.syn) !== 0;
  }
  /** Whether it answers who asked for one. */
  get isAnswer(): boolean {
    return (this.marks & Mark.synAck) !== 0;
  }
}

const RESET = Known.originatorReset | Known.responderReset;
/** Letters of a history are kept as digits of one number: 1 is the first of these. */
const historyLetters = `${originatorLetters}${responderLetters}^`;
const HISTORY_BASE = historyLetters.length + 1;
/** In place of the first letter: who began was not seen. */
const UNSEEN_BEGINNING = historyLetters.length;

/** Begins the part of a record that is the connection's; that of a flow that goes on, where the one before stood. */
export function beginConnection(
  n: Float64Array,
  at: number,
  isTurned: boolean,
  before: HasRecord | null,
): void {
  if (before === null) {
    n[at + Place.history] = isTurned ? UNSEEN_BEGINNING : 0;
    return;
  }
  for (let place = Place.marks as number; place < RECORD; place++)
    n[at + place] = before.numbers[before.at + place]!;
  n[at + Place.known]! |= before.numbers[before.at + Place.known]! & RESET;
}

/** Takes a packet into account, in the record at `at`. */
export function see(
  n: Float64Array,
  at: number,
  { all, marks }: Flags,
  isOriginator: boolean,
): void {
  const side = isOriginator ? 0 : 1;
  const own = at + Place.marks + side;
  const before = n[own]!;
  const fresh = marks & ~before;
  if (fresh !== 0) {
    n[own] = before | marks;
    addLetters(n, at, fresh, isOriginator ? 0 : originatorLetters.length);
    if (fresh & Mark.rst && !(n[at + Place.known]! & RESET))
      n[at + Place.known]! |= isOriginator ? Known.originatorReset : Known.responderReset;
  }
  const flags = at + Place.flags + side;
  n[flags] = (n[flags]! | all) >>> 0;
}

/** A letter for each mark that is new. */
function addLetters(n: Float64Array, at: number, marks: number, from: number): void {
  let history = n[at + Place.history]!;
  for (let i = 0; marks >> i !== 0; i++)
    if (marks & (1 << i)) history = history * HISTORY_BASE + from + i + 1;
  n[at + Place.history] = history;
}

/** Phases as numbers, which every packet is asked for. */
export const Standing = { closed: 1, new: 2, established: 3 } as const;

/** Where the connection of a record stands, as one of {@link Standing}. */
export function standing(n: Numbers, at: number): number {
  const originator = n[at + Place.marks]!;
  const responder = n[at + Place.marks + 1]!;
  if (n[at + Place.known]! & RESET || originator & responder & Mark.fin) return Standing.closed;
  return originator & Mark.syn && !(responder & (Mark.synAck | Mark.syn))
    ? Standing.new
    : Standing.established;
}

const phases: readonly Phase[] = ["closed", "new", "established"];
/** As {@link standing}, by its name. */
export const phaseAt = (n: Numbers, at: number): Phase => phases[standing(n, at) - 1]!;

/** What is seen of a connection (RFC 9293 §3.3.2), as far as one who only watches can tell. */
export class Connection {
  private readonly flow: HasRecord;

  /** @internal Made by {@link Flow.connection}. */
  constructor(flow: HasRecord) {
    this.flow = flow;
  }

  private number(place: number): number {
    const { numbers, at } = this.flow;
    return numbers[at + place]!;
  }

  /** All flags that either side set, or-ed together. */
  get originatorFlags(): number {
    return this.number(Place.flags);
  }
  get responderFlags(): number {
    return this.number(Place.flags + 1);
  }
  /** What happened, a letter for the first time of each: `ShADadFf`. `^` stands first where the answer came first. */
  get history(): string {
    let text = "";
    for (let left = this.number(Place.history); left > 0; left = Math.floor(left / HISTORY_BASE))
      text = historyLetters[(left % HISTORY_BASE) - 1] + text;
    return text;
  }

  private get originator(): number {
    return this.number(Place.marks);
  }
  private get responder(): number {
    return this.number(Place.marks + 1);
  }
  private get isAsked(): boolean {
    return (this.originator & Mark.syn) !== 0;
  }
  /** Both may ask at once (RFC 9293 §3.5). */
  private get isAnswered(): boolean {
    return (this.responder & (Mark.synAck | Mark.syn)) !== 0;
  }

  get phase(): Phase {
    const { numbers, at } = this.flow;
    return phaseAt(numbers, at);
  }

  get state(): ConnectionState {
    const { isAsked, isAnswered } = this;
    const reset = this.number(Place.known) & RESET;
    if (!isAsked && !isAnswered) return "OTH";
    if (!isAsked)
      return reset === Known.responderReset ? "RSTRH" : this.responder & Mark.fin ? "SHR" : "OTH";
    if (reset === Known.originatorReset) return isAnswered ? "RSTO" : "RSTOS0";
    if (reset === Known.responderReset) return isAnswered ? "RSTR" : "REJ";
    const ended = this.originator & Mark.fin;
    if (!isAnswered) return ended ? "SH" : "S0";
    if (this.responder & Mark.fin) return ended ? "SF" : "S3";
    return ended ? "S2" : "S1";
  }
}
