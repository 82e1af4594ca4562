import type { FlowRule } from "./flow.ts";
import type { Composite, Item, SizeSpec } from "./item.ts";
import type { Layer } from "./layer.ts";
import type { NumberRef, Placed, Segment, Size } from "./place.ts";
import { Plan } from "./plan.ts";
import type { Splits } from "./split.ts";
import type { Binding, Key, Table } from "./table.ts";
import { makeView } from "./view.ts";

/** Names of the fields that hold the two ends: addresses or ports. */
export interface Endpoints {
  readonly src: string;
  readonly dst: string;
}

/** Chooses the next protocol where no single field does. */
export type NextChoice = (view: object, lookup: Lookup) => AnySchema | undefined;
/** Finds the protocol that a dissector has under a key of a table. */
export type Lookup = (table: Table, key: Key) => AnySchema | undefined;
/** What has a schema: any declaration. */
export interface AnySchema {
  readonly schema: Schema;
}

/** The next protocol, by the first of `refs` that `table` knows; none where `unless` is not zero. */
export interface NextByField {
  readonly table: Table;
  readonly fields: readonly string[];
  readonly unless: string | null;
  /** Looks the lowest of the fields' values up first: of two ports, it is the one of the service. */
  readonly lowest: boolean;
}

/** What a declaration says beside its fields. */
export interface About {
  /** camelCase, as the constant is called. */
  readonly name: string;
  readonly isProtocol: boolean;
  /** As in a protocol chain: `IPv4`. */
  readonly label: string;
  readonly title: string;
  readonly spec: string;
  /** Wireshark's prefix of the field names. */
  readonly prefix: string;
  /** Further names under which it is found: `ip` for both versions. */
  readonly also: readonly string[];
  readonly over: readonly Binding[];
  /** Whether it carries packets with checksums of their own, so that one below need not have any. */
  readonly tunnel: boolean;
  /** Whether bytes look like this protocol; decides between candidates and makes it a guess by content. */
  readonly test: ((bytes: Uint8Array, start: number, end: number) => boolean) | null;
}

/** The parts of a declaration that the chain fills in; copied, never changed. */
export interface Spec {
  readonly about: About;
  readonly items: readonly Item[];
  readonly composites: readonly Composite[];
  /** Length of the header (protocols) or of the whole record. */
  readonly header: SizeSpec | null;
  /** Length of header and payload together: ends this layer. */
  readonly whole: SizeSpec | null;
  /** Length of the payload: ends the layer above, what follows is this layer's trailer. */
  readonly length: SizeSpec | null;
  /** Bytes at the end that belong to this layer's trailer, not to the payload. */
  readonly reserve: SizeSpec | null;
  readonly next: NextByField | null;
  readonly choose: NextChoice | null;
  /** The parts after the payload, as a record over what the layer above leaves. */
  readonly trailer: Schema | null;
  /** The fields that tell the two ends of a conversation apart. */
  readonly endpoints: Endpoints | null;
  /** All fields that hold one thing of either end, pair by pair: what turning a packet round exchanges. */
  readonly pairs: readonly Endpoints[];
  /** Whether a packet with this layer answers one with a layer of the same protocol. */
  readonly answers: ((own: never, request: never) => boolean) | null;
  /** Whether its payload is a copy of the packet that it is about. */
  readonly quotes: boolean;
  /** Fields by which a copy of this header is known; `null`: the first bytes are compared. */
  readonly identity: readonly string[] | null;
  readonly splits: Splits | null;
  /** What tells flows apart beside ends, and how connections begin and end. */
  readonly flow: FlowRule | null;
  /** What this layer adds to the checksums of layers above it. */
  readonly pseudo: PseudoHeader | null;
  /** Whether layers above must have checksums, since this one has none. */
  readonly wantsChecksums: boolean;
}

/**
 * The 16-bit sum of the addresses that the checksum of `upper` covers, without length and protocol number; `null` where it
 * cannot be known from this packet (a fragment).
 */
export type PseudoHeader = (layer: Layer, upper: Layer) => number | null;

/** The cases of a declaration whose later parts depend on an earlier number. */
export class Cases {
  readonly selectorName: string;
  readonly byKey: ReadonlyMap<number, Schema>;
  readonly unknown: Schema;
  readonly list: readonly Schema[];
  private readonly base: Schema;
  private place: NumberRef | null;
  /** What was looked up last: options, chunks and records of one kind come in rows. */
  private lastKey: number;
  private last: Schema;

  /** Of `base`, whose field `selectorName` holds the keys. */
  constructor(
    base: Schema,
    selectorName: string,
    byKey: ReadonlyMap<number, Schema>,
    unknown: Schema,
    list: readonly Schema[],
  ) {
    this.base = base;
    this.selectorName = selectorName;
    this.byKey = byKey;
    this.unknown = unknown;
    this.list = list;
    this.place = null;
    this.lastKey = -1;
    this.last = unknown;
  }

  get selector(): NumberRef {
    return (this.place ??= this.base.ref(this.selectorName));
  }

  /** The case of a key; the unknown one where none has it. */
  of(key: number): Schema {
    if (key === this.lastKey) return this.last;
    const found = this.byKey.get(key) ?? this.unknown;
    // Wider keys would make doubles of what is compared here.
    if (key <= 0xffff) {
      this.lastKey = key | 0;
      this.last = found;
    }
    return found;
  }
}

/**
 * What a declaration says, without its static types: the one shape that `packet/`, `filter/` and `report/` work with.
 * Places are found on first use, since hundreds of declarations are made at start and few are used.
 */
export class Schema {
  readonly spec: Spec;
  readonly name: string;
  readonly isProtocol: boolean;
  /** The declaration that this is a case of; itself otherwise. Two layers are of one protocol when their roots are. */
  root: Schema;
  caseName: string | null;
  /** The selector's value of this case; null for the unknown case. */
  caseKey: number | null;
  cases: Cases | null;
  /** Of a case of a case: the case that it belongs to. */
  parent: Schema | null;
  /** Of a case, or of a declaration with cases: the declaration that it was made of. */
  source: Schema | null;
  /** Rooms for what `packet/` works out of a declaration to write and to complete it; found by reference, not by a map. */
  writing: object | null;
  completing: object | null;
  private plan: Plan | null;
  private view: (new (layer: Layer) => object) | null;

  constructor(spec: Spec) {
    this.spec = spec;
    this.name = spec.about.name;
    this.isProtocol = spec.about.isProtocol;
    this.root = this;
    this.caseName = null;
    this.caseKey = null;
    this.cases = null;
    this.parent = null;
    this.source = null;
    this.writing = null;
    this.completing = null;
    this.plan = null;
    this.view = null;
  }

  get about(): About {
    return this.spec.about;
  }
  get placed(): readonly Placed[] {
    return this.planned.placed;
  }
  /** The checksum fields; most declarations have none or one. */
  get checksums(): readonly Placed[] {
    return this.planned.checksums;
  }
  get segments(): readonly Segment[] {
    return this.planned.segments;
  }
  /** Bytes of the leading fixed part: checked once, so that no getter of it can run off the end. */
  get minLength(): number {
    return this.planned.segments[0]!.fixedBytes;
  }
  get header(): Size | null {
    return this.planned.header;
  }
  /** Whether the header's end is only known by going through its parts. */
  get walks(): boolean {
    const { header, segments } = this.planned;
    return header === null && (segments.length > 1 || segments[0]!.variable !== null);
  }
  get whole(): Size | null {
    return this.planned.whole;
  }
  get length(): Size | null {
    return this.planned.length;
  }
  get reserve(): Size | null {
    return this.planned.reserve;
  }
  get planned(): Plan {
    return (this.plan ??= new Plan(this.spec, this.cases !== null));
  }
  /** Made on first use: hundreds of prototypes at start would cost more than most commands. */
  get View(): new (
    layer: Layer,
  ) => object {
    return (this.view ??= makeView(this));
  }

  find(name: string): Placed | undefined {
    return this.planned.byName.get(name);
  }
  /** Where a number field, or one part of a flags field (`flags.key`), lies. */
  ref(name: string): NumberRef {
    return this.planned.ref(name);
  }
}
