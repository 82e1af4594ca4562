import type { Packet } from "../packet/packet.ts";
import type { Conflict } from "./datagram.ts";
import type { Fragment } from "./fragment.ts";
import type { KeyWriter } from "./key.ts";
import { Pieces } from "./pieces.ts";

/** What an entry of the table takes beside bytes of packets, and what each fragment adds to it. */
const OWN_BYTES = 512;
const FRAGMENT_BYTES = 128;

/** A datagram that is not complete: a place in the table, and in the order of arrival. */
export class Pending {
  readonly key: Uint8Array;
  readonly hash: number;
  readonly version: 4 | 6;
  readonly id: number;
  protocol: number;
  /** When its first fragment came; nanoseconds are -1 where that had no time. */
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly serial: number;
  index: number[];
  offsets: number[];
  conflicts: Conflict[];
  pieces: Pieces;
  /** Bytes of the whole payload; `null` until the last fragment comes. */
  total: number | null;
  /** The headers of the fragment that the first byte is from. */
  header: Uint8Array | null;
  /** Where in them the number lies of what follows. */
  nextAt: number;
  /** Whether a fragment met congestion (RFC 3168). */
  congested: boolean;
  /** Whether it was given up, and stays so that what is still to come of it makes no new one. */
  dead: boolean;
  /** Bytes of memory that it takes, about. */
  held: number;
  /** The one of the same hash that came before it. */
  next: Pending | null;
  older: Pending | null;
  newer: Pending | null;

  constructor(key: Uint8Array, hash: number, fragment: Fragment, packet: Packet, serial: number) {
    this.key = key;
    this.hash = hash;
    this.version = fragment.version;
    this.id = fragment.id;
    this.protocol = fragment.protocol;
    this.seconds = packet.seconds;
    this.nanoseconds = packet.nanoseconds;
    this.serial = serial;
    this.index = [];
    this.offsets = [];
    this.conflicts = [];
    this.pieces = new Pieces();
    this.total = null;
    this.header = null;
    this.nextAt = 0;
    this.congested = false;
    this.dead = false;
    this.held = 0;
    this.next = null;
    this.older = null;
    this.newer = null;
  }

  /** Whether all bytes are there. */
  get isComplete(): boolean {
    return this.total !== null && this.pieces.size === this.total;
  }

  /** What it takes now. */
  weigh(): number {
    const { index, pieces, header } = this;
    return OWN_BYTES + index.length * FRAGMENT_BYTES + pieces.size + (header?.length ?? 0);
  }

  /** Gives up all but the key. */
  bury(): void {
    this.dead = true;
    this.index = [];
    this.offsets = [];
    this.conflicts = [];
    this.pieces = new Pieces();
    this.header = null;
  }
}

/** Those of one version, in order of arrival: all have the same time to live. */
interface Ages {
  oldest: Pending | null;
  newest: Pending | null;
}

/** The datagrams that are not complete, found by bytes and by age. */
export class PendingTable {
  size: number;
  /** Bytes of memory in all, about. */
  bytes: number;
  private serial: number;
  private readonly buckets: Map<number, Pending>;
  private readonly ages: Readonly<Record<4 | 6, Ages>>;

  constructor() {
    this.size = 0;
    this.bytes = 0;
    this.serial = 0;
    this.buckets = new Map();
    this.ages = { 4: { oldest: null, newest: null }, 6: { oldest: null, newest: null } };
  }

  /** The one that has the key. */
  find(key: KeyWriter): Pending | null {
    for (let one = this.buckets.get(key.hash()) ?? null; one !== null; one = one.next)
      if (key.is(one.key)) return one;
    return null;
  }

  /** Begins a datagram. */
  add(key: KeyWriter, fragment: Fragment, packet: Packet): Pending {
    const hash = key.hash();
    const made = new Pending(key.bytes.slice(0, key.length), hash, fragment, packet, this.serial++);
    made.next = this.buckets.get(hash) ?? null;
    this.buckets.set(hash, made);
    const ages = this.ages[made.version];
    made.older = ages.newest;
    if (ages.newest === null) ages.oldest = made;
    else ages.newest.newer = made;
    ages.newest = made;
    this.size++;
    this.weigh(made);
    return made;
  }

  /** Counts anew what a datagram takes. */
  weigh(one: Pending): void {
    const held = one.weigh();
    this.bytes += held - one.held;
    one.held = held;
  }

  /** Takes a datagram out. */
  remove(one: Pending): void {
    const ages = this.ages[one.version];
    if (one.older === null) ages.oldest = one.newer;
    else one.older.newer = one.newer;
    if (one.newer === null) ages.newest = one.older;
    else one.newer.older = one.older;
    const first = this.buckets.get(one.hash)!;
    if (first !== one) {
      let before = first;
      while (before.next !== one) before = before.next!;
      before.next = one.next;
    } else if (one.next === null) this.buckets.delete(one.hash);
    else this.buckets.set(one.hash, one.next);
    this.size--;
    this.bytes -= one.held;
  }

  /** The one of a version that has waited for longest. */
  oldestOf(version: 4 | 6): Pending | null {
    return this.ages[version].oldest;
  }

  /** The one that has waited for longest. */
  get oldest(): Pending | null {
    const [four, six] = [this.ages[4].oldest, this.ages[6].oldest];
    if (four === null || six === null) return four ?? six;
    return four.serial < six.serial ? four : six;
  }
}
