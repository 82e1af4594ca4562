import { formatHex, parseHex } from "../../src/bytes/hex.ts";
import { assemble } from "../../src/packet/assemble.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { type PlainValues, valuesOf } from "../../src/packet/values.ts";
import type { Layer } from "../../src/schema/layer.ts";
import type { AnyProtocol, View, Viewable } from "../../src/schema/protocol.ts";
import type { AnyRecipe } from "../../src/schema/recipe.ts";

/** Bytes written by hand; spaces are for the eye. */
export const bytes = (text: string): Uint8Array => parseHex(text.replace(/\s+/g, ""));

/** The hex digits of bytes, two a byte, without separators. */
export const hex = (given: Uint8Array): string => formatHex(given);

const alone = createDissector([]);

/** A packet whose first protocol is `first`, in a dissector that knows no other. */
export const packetOf = (text: string | Uint8Array, first: AnyProtocol): Packet =>
  alone.dissect(typeof text === "string" ? bytes(text) : text, first);

/** The view of `first` over bytes. */
export const viewIn = <V>(text: string | Uint8Array, first: Viewable<V>): View<V> =>
  packetOf(text, first).require(first);

/** The hex digits of one layer built alone. */
export const built = (recipe: AnyRecipe): string =>
  hex(assemble([{ schema: recipe.schema, values: recipe.values }]).bytes);

/** What building needs to make the layers of a packet again: their values, and the payload of the highest. */
export function rebuilt(packet: Packet): Uint8Array {
  const parts: Parameters<typeof assemble>[0][number][] = packet.layers.map((layer) => ({
    schema: layer.schema,
    values: valuesOf(layer),
  }));
  if (packet.raw.length > 0) parts.push({ bytes: packet.raw });
  return assemble(parts).bytes;
}

/** The plain values of the lowest layer. */
export const valuesIn = (text: string | Uint8Array, first: AnyProtocol): PlainValues =>
  valuesOf(packetOf(text, first).first as Layer);
