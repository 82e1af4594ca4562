import type { Layer } from "../schema/layer.ts";
import { viewOf } from "../schema/layer.ts";
import { allEnds, type Ends, endsOf, isEqual, isGroup, isUnspecified, type Span } from "./ends.ts";

/** How the ends of two packets lie to each other: equal, exchanged, both (a packet to itself), or neither. */
export type Direction = "same" | "reverse" | "both" | "unknown";

const SAME = 1;
const REVERSE = 2;
const words: readonly Direction[] = ["unknown", "same", "reverse", "both"];

/** The direction of pairs of layers: what holds for all that have ends. */
export function directionOf(pairs: Iterable<readonly [Layer, Layer]>): Direction {
  let bits = SAME | REVERSE;
  let found = false;
  for (const [one, other] of pairs) {
    const ends = allEnds(one);
    const others = allEnds(other);
    if (ends.length === 0 || ends.length !== others.length) continue;
    found = true;
    ends.forEach((own, i) => {
      bits &= bitsOf(one, own, other, others[i]!);
    });
  }
  return words[found ? bits : 0]!;
}

function bitsOf(a: Layer, own: Ends, b: Layer, other: Ends): number {
  const isSame = isEqual(a, own.src, b, other.src) && isEqual(a, own.dst, b, other.dst);
  const isReverse =
    (isEqual(a, own.src, b, other.dst) && isEqual(a, own.dst, b, other.src)) ||
    isBack(a, own, b, other) ||
    isBack(b, other, a, own);
  return (isSame ? SAME : 0) | (isReverse ? REVERSE : 0);
}

/** Whether `answer` goes to who asked all, or somebody not known yet: then anybody may send it. */
function isBack(request: Layer, asked: Ends, answer: Layer, given: Ends): boolean {
  const { dst, kind } = asked;
  const isOpen = isGroup(request, dst, kind) || isUnspecified(request, dst, kind);
  return isOpen && isEqual(request, asked.src, answer, given.dst);
}

/** The layers that two packets share: the first of a protocol with the first, the second with the second. */
export function* sharedLayers(
  one: readonly Layer[],
  other: readonly Layer[],
): Generator<readonly [Layer, Layer]> {
  const taken = new Set<Layer>();
  for (const layer of one) {
    const match = other.find((l) => l.schema.root === layer.schema.root && !taken.has(l));
    if (match === undefined) continue;
    taken.add(match);
    yield [layer, match];
  }
}

/** Which is the lesser of two ends: by address, then by port. */
const compare = (layer: Layer, a: Span, b: Span): number => {
  for (let i = 0; i < a.length; i++) {
    const d = layer.bytes[a.at + i]! - layer.bytes[b.at + i]!;
    if (d !== 0) return d;
  }
  return 0;
};

const isTransport = ({ schema }: Layer): boolean => {
  const { endpoints } = schema.spec;
  return endpoints !== null && schema.find(endpoints.src)?.item.field?.kind === "uint";
};
const isNetwork = (layer: Layer): boolean =>
  layer.schema.spec.endpoints !== null && !isTransport(layer);

/**
 * A text for the conversation that a packet belongs to, the same for both directions: the protocol and its two ends, the
 * lesser address (as bytes), and then the lesser port, first. `undefined` where no layer has ends.
 */
export function conversationKey(layers: readonly Layer[]): string | undefined {
  const at = layers.findLastIndex(isTransport);
  const below = at < 0 ? layers : layers.slice(0, at);
  const network = below.findLast(isNetwork);
  const transport = layers[at];
  const top = transport ?? network;
  if (top === undefined) return undefined;
  const parts = [network, transport].filter((l) => l !== undefined);
  let order = 0;
  for (const layer of parts) {
    const ends = endsOf(layer, layer.schema.spec.endpoints!);
    if (ends !== null && order === 0) order = compare(layer, ends.src, ends.dst);
  }
  const end = (side: "src" | "dst"): string => {
    const [address, port] = [network, transport].map((layer) =>
      layer === undefined ? "" : textOf(layer, layer.schema.spec.endpoints![side]),
    );
    if (transport === undefined) return address!;
    return address!.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  };
  const [first, second] = order <= 0 ? [end("src"), end("dst")] : [end("dst"), end("src")];
  return `${top.schema.root.name} ${first} ${second}`;
}

const textOf = (layer: Layer, name: string): string =>
  String((viewOf(layer) as Record<string, unknown>)[name]);
