import type { Packet } from "../../packet/packet.ts";
import { formatPacketError } from "../../schema/error.ts";
import { type Layer, viewOf } from "../../schema/layer.ts";
import { payloadEnd } from "../../schema/layout.ts";
import { hasPorts, packetEnds } from "./ends.ts";

/** What one line says of a packet. */
export interface PacketLine {
  readonly number: number;
  /** Seconds since the first packet, as text with microseconds; empty where the capture has no time. */
  readonly time: string;
  readonly src: string;
  readonly dst: string;
  /** Label of the highest protocol. */
  readonly protocol: string;
  /** Bytes on the wire. */
  readonly length: number;
  readonly info: string;
}

const shown = (layer: Layer, name: string): string =>
  String((viewOf(layer) as Record<string, unknown>)[name] ?? "");

/** What the declaration of the highest protocol tells without its own words: ports, case, flags, names of numbers. */
function infoOf(layer: Layer): string {
  const { schema } = layer;
  const parts: string[] = [];
  const { endpoints } = schema.spec;
  if (endpoints !== null && hasPorts(layer))
    parts.push(`${shown(layer, endpoints.src)} -> ${shown(layer, endpoints.dst)}`);
  if (schema.caseName !== null && schema.caseName !== "unknown") parts.push(words(schema.caseName));
  const view = viewOf(layer) as Record<string, unknown>;
  for (const { name, item } of schema.placed) {
    if (name === endpoints?.src || name === endpoints?.dst || item.field === null) continue;
    const value = view[name];
    if (item.field.kind === "flags" && value !== undefined) {
      const set = item.field.flags.filter(
        (f) => (value as Record<string, unknown>)[f.name] === true,
      );
      if (set.length > 0) parts.push(`[${set.map((f) => f.name.toUpperCase()).join(", ")}]`);
    } else if (typeof value === "number" && item.options.names) {
      const known = item.options.names.get(value);
      if (known !== undefined && value !== 0) parts.push(`${name}=${known}`);
    }
  }
  const left = payloadEnd(layer) - layer.headerEnd;
  if (left > 0 && layer.upper === null) parts.push(`len=${left}`);
  return parts.join(" ");
}

/** `destinationUnreachable` as words. */
const words = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();

/** One packet as one line; `start` is the time of the first one. */
export function packetLine(packet: Packet, start: bigint | undefined): PacketLine {
  const { layers, time, error } = packet;
  const top = layers.at(-1);
  const since = time === undefined || start === undefined ? "" : seconds(time - start);
  const { src, dst } = packetEnds(layers);
  const info = top === undefined ? "" : infoOf(top);
  const fault = error === null ? "" : `{${formatPacketError(error, packet.start)}}`;
  return {
    number: packet.number,
    time: since,
    ...{ src, dst },
    protocol: top?.schema.about.label ?? "",
    length: packet.originalLength,
    info: [info, fault].filter(Boolean).join(" "),
  };
}

function seconds(ns: bigint): string {
  const micros = ns / 1000n;
  const whole = micros / 1_000_000n;
  const rest = micros % 1_000_000n;
  const sign = ns < 0n ? "-" : "";
  return `${sign}${whole < 0n ? -whole : whole}.${String(rest < 0n ? -rest : rest).padStart(6, "0")}`;
}

/** Control characters have no place in a line. */
const plain = (text: string): string => text.replace(/\p{Cc}/gu, ".");

/** The line as text, in columns that fit most packets. */
export function formatLine(line: PacketLine): string {
  const { number, time, src, dst, protocol, length, info } = line;
  const ends = `${src.padEnd(15)} -> ${dst.padEnd(15)}`;
  const head = `${String(number).padStart(6)} ${time.padStart(12)} ${ends} ${protocol.padEnd(9)}`;
  return plain(`${head} ${String(length).padStart(5)} ${info}`).trimEnd();
}
