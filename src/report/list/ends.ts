import type { Packet } from "../../packet/packet.ts";
import { type Layer, viewOf } from "../../schema/layer.ts";
import type { ForeignLayers } from "../report.ts";

/** Between whom a packet goes: addresses as text, empty where it has none, and ports. */
export interface PacketEnds {
  readonly src: string;
  readonly dst: string;
  readonly srcPort: number | null;
  readonly dstPort: number | null;
}

/** Whether the ends of a layer are numbers, such as ports, or texts, such as addresses. */
export const hasPorts = ({ schema }: Layer): boolean => {
  const { endpoints } = schema.spec;
  return endpoints !== null && schema.find(endpoints.src)?.item.field?.kind === "uint";
};

const hasAddresses = (layer: Layer): boolean =>
  layer.schema.spec.endpoints !== null && !hasPorts(layer);

const read = (layer: Layer, name: string): unknown =>
  (viewOf(layer) as Record<string, unknown>)[name];

/** The addresses of the highest layer that has any, and the ports of the highest one that has those. */
export function packetEnds(layers: Packet["layers"]): PacketEnds {
  const addressed = layers.findLast(hasAddresses);
  const ported = layers.findLast(hasPorts);
  const text = (which: "src" | "dst"): string =>
    addressed === undefined
      ? ""
      : String(read(addressed, addressed.schema.spec.endpoints![which]) ?? "");
  const port = (which: "src" | "dst"): number | null => {
    const value = ported && read(ported, ported.schema.spec.endpoints![which]);
    return typeof value === "number" ? value : null;
  };
  return { src: text("src"), dst: text("dst"), srcPort: port("src"), dstPort: port("dst") };
}

const NETWORKS = ["ip", "ipv6", "arp", "eth"];
const TRANSPORTS = ["tcp", "udp", "sctp", "dccp"];

/** The ends of a packet that another program took apart, by the cells of common protocols. */
export function foreignEnds({ cells }: ForeignLayers): PacketEnds {
  const first = (prefixes: readonly string[], names: readonly string[]): string => {
    const found = prefixes.flatMap((p) => names.map((name) => cells.get(`${p}.${name}`) ?? ""));
    return found.find((one) => one !== "") ?? "";
  };
  const port = (name: string): number | null => {
    const cell = first(TRANSPORTS, [name]);
    return /^\d+$/.test(cell) ? Number(cell) : null;
  };
  return {
    src: first(NETWORKS, ["src", "src.proto_ipv4"]),
    dst: first(NETWORKS, ["dst", "dst.proto_ipv4"]),
    srcPort: port("srcport"),
    dstPort: port("dstport"),
  };
}
