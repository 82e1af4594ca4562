import { type AnyRecipe, isRecipe } from "../schema/recipe.ts";
import { assemble, type Part } from "./assemble.ts";
import type { Entry } from "./dissector.ts";
import { createDissector } from "./dissector.ts";
import { nothing } from "./nothing.ts";
import { Packet } from "./packet.ts";

/** Payload given as text is sent as UTF-8. */
export type Stackable = AnyRecipe | Uint8Array | string;

const utf8 = /* @__PURE__ */ new TextEncoder();

/** Built packets know their layers; dissecting their bytes again is for whoever has a dissector. */
let bare: Entry | null = null;

/**
 * Makes a packet of layers, lowest first, and payload bytes. What is not given is computed (lengths, counters, type
 * numbers, checksums) or the declaration's default; what is given is never touched, so wrong packets can be made on
 * purpose.
 *
 * @throws TypeError or RangeError that names field, limits and value.
 * @example build(ethernet(), ipv4({ dst: "192.0.2.1" }), icmp.echo({ id: 1, seq: 1 }), "hello")
 */
export function build(...stack: readonly Stackable[]): Packet {
  const parts: Part[] = stack.map((one) => {
    if (typeof one === "string") return { bytes: utf8.encode(one) };
    if (one instanceof Uint8Array) return { bytes: one };
    if (!isRecipe(one))
      throw new TypeError(
        `build: a called declaration, bytes or text are wanted, not ${typeof one}`,
      );
    return one;
  });
  const layer = assemble(parts);
  bare ??= createDissector([]).entry(nothing);
  return Packet.of(layer.bytes, bare, layer);
}
