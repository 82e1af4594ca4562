import type { Layer } from "../schema/layer.ts";
import type { NumberRef } from "../schema/place.ts";
import type { Schema } from "../schema/schema.ts";
import type { Table } from "../schema/table.ts";

/** Which addresses count where packets are carried in packets. */
export type FlowLevel = "innermost" | "outermost";

/** What a layer is to flows: it has addresses, or ports, or messages in place of ports. */
type Role = "network" | "ports" | "messages" | null;

/** The flags of a connection: where the field of all of them lies, and which of its bits each is. */
export interface ConnectionPlaces {
  readonly flags: NumberRef;
  readonly syn: number;
  readonly ack: number;
  readonly fin: number;
  readonly rst: number;
}

/** What a declaration says of flows, with its names looked up. */
export interface FlowFacts {
  /** The number of the declaration among those that were asked for; of a case, that of what it is a case of. */
  readonly number: number;
  readonly role: Role;
  /** Where the ends lie, and how many bytes each has. */
  readonly src: number;
  readonly dst: number;
  readonly length: number;
  readonly tag: NumberRef | null;
  /** The number of the protocol above, and the table that it is a key of. */
  readonly next: NumberRef | null;
  readonly table: Table | null;
  readonly quotes: boolean;
  readonly type: NumberRef | null;
  readonly code: NumberRef | null;
  readonly id: NumberRef | null;
  /** The message that goes the other way. */
  readonly counterparts: ReadonlyMap<number, number>;
  readonly connection: ConnectionPlaces | null;
}

const MAX_ADDRESS = 32;
const MAX_PORT = 4;
const noPairs: ReadonlyMap<number, number> = new Map();
const known = new WeakMap<Schema, FlowFacts>();
let numbers = 0;

/** What a declaration says of flows; looked up once. */
export function flowFacts(schema: Schema): FlowFacts {
  let facts = known.get(schema);
  if (facts === undefined) {
    facts = findFacts(schema);
    known.set(schema, facts);
  }
  return facts;
}

function findFacts(schema: Schema): FlowFacts {
  const { endpoints, flow, next, quotes } = schema.spec;
  const src = endpoints === null ? undefined : schema.find(endpoints.src);
  const dst = endpoints === null ? undefined : schema.find(endpoints.dst);
  const field = src?.item.field ?? null;
  const length = (field?.bits ?? 0) >> 3;
  const messages = flow?.messages;
  const refIf = (name: string | undefined): NumberRef | null =>
    name !== undefined && schema.find(name) !== undefined ? schema.ref(name) : null;
  let role: Role = messages === undefined ? null : "messages";
  // Hardware addresses name a hop, not an end.
  if (field !== null && field.kind !== "mac" && dst !== undefined) {
    if (field.kind === "uint") role = length <= MAX_PORT ? "ports" : null;
    else if (length <= MAX_ADDRESS) role = "network";
  }
  return {
    number: schema.root === schema ? numbers++ : flowFacts(schema.root).number,
    role,
    src: (src?.bit ?? 0) >> 3,
    dst: (dst?.bit ?? 0) >> 3,
    length,
    tag: refIf(flow?.tag),
    next: refIf(next?.fields[0]),
    table: next?.table ?? null,
    quotes,
    type: refIf(messages?.type),
    code: refIf(messages?.code),
    id: refIf(messages?.id),
    counterparts: messages === undefined ? noPairs : bothWays(messages.pairs),
    connection: connectionOf(schema),
  };
}

const bothWays = (pairs: readonly (readonly [number, number])[]): ReadonlyMap<number, number> =>
  new Map(pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]));

function connectionOf(schema: Schema): ConnectionPlaces | null {
  const rule = schema.spec.flow?.connection;
  if (rule === undefined) return null;
  const flags = schema.ref(rule.flags);
  const bit = (name: string): number => {
    const { segment, bit, bits } = schema.ref(name);
    const behind = flags.bit + flags.bits - bit - bits;
    if (segment !== flags.segment || bits !== 1 || behind < 0 || behind >= flags.bits)
      throw new TypeError(`${schema.name}: '${name}' is no flag of '${rule.flags}'`);
    return 1 << behind;
  };
  return {
    flags,
    syn: bit(rule.syn),
    ack: bit(rule.ack),
    fin: bit(rule.fin),
    rst: bit(rule.rst),
  };
}

/** Tags of more networks in each other than this are not told apart: no real packet comes near. */
export const MAX_TAGS = 8;

/** Layers of a packet whose declarations are remembered for the next one. */
const REMEMBERED = 16;

/**
 * The layers of a packet that tell its flow. Filled again and again, so that finding them allocates nothing; and most packets
 * have the protocols of the one before, so that nothing is looked up.
 */
export class FlowPlace {
  network: Layer | null = null;
  /** The layer with ports or messages above `network`; `null` where there is none, as in later fragments. */
  transport: Layer | null = null;
  networkFacts: FlowFacts | null = null;
  transportFacts: FlowFacts | null = null;
  /** Layers that tag the network of `network`, lowest first; the first `tagCount` count. */
  readonly tags: Layer[] = [];
  tagCount = 0;
  /** The declarations of the packet before, lowest first, and what is known of them. */
  private readonly schemas: Schema[] = [];
  private readonly facts: FlowFacts[] = [];

  /** Finds them; false where no layer has addresses. What a message quotes is another packet, and does not count. */
  find(bottom: Layer, level: FlowLevel): boolean {
    this.network = this.transport = null;
    this.networkFacts = this.transportFacts = null;
    this.tagCount = 0;
    let tags = 0;
    let depth = 0;
    for (let l: Layer | null = bottom; l !== null; l = l.upper) {
      const facts = this.factsAt(depth++, l.schema);
      const { role } = facts;
      if (facts.tag !== null && tags < MAX_TAGS) this.tags[tags++] = l;
      if (role === "network") {
        if (this.network !== null && level === "outermost") break;
        this.network = l;
        this.networkFacts = facts;
        this.transport = this.transportFacts = null;
        this.tagCount = tags;
      } else if (role !== null && this.network !== null && this.transport === null) {
        this.transport = l;
        this.transportFacts = facts;
      }
      if (facts.quotes) break;
    }
    return this.network !== null;
  }

  private factsAt(depth: number, schema: Schema): FlowFacts {
    if (depth < this.schemas.length && this.schemas[depth] === schema) return this.facts[depth]!;
    const facts = flowFacts(schema);
    if (depth <= this.schemas.length && depth < REMEMBERED) {
      this.schemas[depth] = schema;
      this.facts[depth] = facts;
    }
    return facts;
  }
}
