import type { Layer } from "../schema/layer.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import type { Schema } from "../schema/schema.ts";

/** The protocols of a packet, from the lowest up; its text is `Ethernet:IPv4:TCP`. */
export class ProtoChain implements Iterable<string> {
  /** The protocols' labels. */
  readonly labels: readonly string[];
  private readonly parts: readonly (Schema | string)[];

  /** @param parts Declarations, or labels of protocols that have none. */
  constructor(parts: readonly (Schema | string)[]) {
    this.parts = parts;
    this.labels = parts.map((one) => (typeof one === "string" ? one : one.about.label));
  }

  static of(first: Layer | null): ProtoChain {
    const schemas: Schema[] = [];
    for (let l = first; l !== null; l = l.upper) schemas.push(l.schema.root);
    return new ProtoChain(schemas);
  }

  get length(): number {
    return this.parts.length;
  }

  /** Position of the first such protocol at or after `from`; -1 where there is none. */
  index(protocol: AnyProtocol | string, from = 0): number {
    for (let i = Math.max(0, from); i < this.parts.length; i++)
      if (matches(this.parts[i]!, protocol)) return i;
    return -1;
  }

  includes(protocol: AnyProtocol | string): boolean {
    return this.index(protocol) >= 0;
  }

  count(protocol: AnyProtocol | string): number {
    return this.parts.filter((one) => matches(one, protocol)).length;
  }

  at(position: number): string | undefined {
    return this.labels.at(position);
  }

  slice(start?: number, end?: number): ProtoChain {
    return new ProtoChain(this.parts.slice(start, end));
  }

  [Symbol.iterator](): Iterator<string> {
    return this.labels[Symbol.iterator]();
  }

  toString(): string {
    return this.labels.join(":");
  }

  toJSON(): string {
    return this.toString();
  }
}

function matches(part: Schema | string, protocol: AnyProtocol | string): boolean {
  if (typeof part !== "string") return isCalled(part, protocol);
  if (typeof protocol !== "string") return isCalled(protocol.schema, part);
  return part.toLowerCase() === protocol.toLowerCase();
}

/** Whether a schema is this declaration, a case of it, or a case of its cases. */
export function isOf(schema: Schema, wanted: Schema): boolean {
  if (schema.root === wanted) return true;
  for (let s: Schema | null = schema; s !== null; s = s.parent) if (s === wanted) return true;
  return false;
}

/** Whether a schema is this protocol, or is found under this name: compared whole and without case. */
export function isCalled(schema: Schema, protocol: AnyProtocol | string): boolean {
  if (typeof protocol !== "string") return isOf(schema, protocol.schema);
  const wanted = protocol.toLowerCase();
  const { name, label, prefix, also } = schema.about;
  return (
    name.toLowerCase() === wanted ||
    label.toLowerCase() === wanted ||
    prefix.toLowerCase() === wanted ||
    also.some((a) => a.toLowerCase() === wanted)
  );
}
