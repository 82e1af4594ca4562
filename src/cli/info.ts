import { statSync } from "node:fs";
import type { Capture } from "../capture/open.ts";
import type { Block } from "../files/blocks.ts";
import { openCapture } from "../node/open.ts";
import { openOutput } from "../node/output.ts";
import { linkTypes } from "../protocols/link/ethernet.ts";
import { forPackets } from "./input.ts";

interface InfoOptions {
  readonly json?: boolean;
}

const isoTime = (ns: bigint): string => {
  const whole = ns / 1_000_000_000n;
  const fraction = String(ns - whole * 1_000_000_000n).padStart(9, "0");
  return `${new Date(Number(whole) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
};

/** Totals of a capture, gathered packet by packet. */
class Totals {
  packets = 0;
  captured = 0;
  original = 0;
  cut = 0;
  first: bigint | undefined = undefined;
  last: bigint | undefined = undefined;
  ordered = true;
  readonly perInterface = new Map<number, number>();
  readonly blocks = new Map<string, number>();
}

/** `wirecraft info`: what a capture file holds. */
export async function info(path: string, options: InfoOptions): Promise<void> {
  const totals = new Totals();
  const onBlock = (block: Block): void => {
    totals.blocks.set(block.kind, (totals.blocks.get(block.kind) ?? 0) + 1);
  };
  const capture = openCapture(path, { onBlock });
  let fault: unknown = null;
  try {
    await forPackets(capture, undefined, (packet) => {
      totals.packets++;
      totals.captured += packet.length;
      totals.original += packet.originalLength;
      if (packet.length < packet.originalLength) totals.cut++;
      const { interfaceIndex } = packet.origin;
      totals.perInterface.set(interfaceIndex, (totals.perInterface.get(interfaceIndex) ?? 0) + 1);
      const { time } = packet;
      if (time === undefined) return;
      if (totals.last !== undefined && time < totals.last) totals.ordered = false;
      if (totals.first === undefined || time < totals.first) totals.first = time;
      if (totals.last === undefined || time > totals.last) totals.last = time;
    });
  } catch (error) {
    fault = error;
  }
  const facts = factsOf(path, totals, capture);
  const out = openOutput("-");
  if (options.json) out.write(`${JSON.stringify(facts, null, 2)}\n`);
  else out.write(textOf(facts));
  out.finish();
  if (fault !== null) throw fault;
}

type Facts = Record<string, unknown>;

function factsOf(path: string, t: Totals, capture: Capture): Facts {
  const duration = t.first !== undefined && t.last !== undefined ? t.last - t.first : undefined;
  return {
    version: 1,
    file: path,
    ...(path === "-" ? {} : { fileBytes: sizeOf(path) }),
    format: t.blocks.has("pcapHeader") ? "pcap" : "pcapng",
    packets: t.packets,
    cutPackets: t.cut,
    capturedBytes: t.captured,
    originalBytes: t.original,
    ...(t.first === undefined ? {} : { first: isoTime(t.first), last: isoTime(t.last!) }),
    ...(duration === undefined ? {} : { durationSeconds: Number(duration) / 1e9 }),
    timeOrdered: t.ordered,
    interfaces: capture.interfaces.map((one) => ({
      index: one.index,
      name: one.name ?? null,
      linkType: { value: one.linkType, name: linkTypes.names?.get(one.linkType) ?? null },
      snaplen: one.snaplen,
      packets: t.perInterface.get(one.index) ?? 0,
    })),
    blocks: Object.fromEntries(t.blocks),
  };
}

function sizeOf(path: string): number | null {
  try {
    return statSync(path).size;
  } catch {
    return null;
  }
}

const sentence = (name: string): string =>
  name
    .replace(/([A-Z])/g, " $1")
    .toLowerCase()
    .replace(/^./, (c) => c.toUpperCase());

function textOf(facts: Facts): string {
  let text = "";
  for (const [name, value] of Object.entries(facts)) {
    if (name === "version" || name === "interfaces" || name === "blocks") continue;
    text += `${`${sentence(name)}:`.padEnd(18)} ${String(value)}\n`;
  }
  for (const one of facts["interfaces"] as readonly Record<string, unknown>[]) {
    const { value, name } = one["linkType"] as { value: number; name: string | null };
    const title = one["name"] === null ? "" : ` ${String(one["name"])}`;
    text += `Interface ${one["index"]}:${title} link type ${value} (${name ?? "unknown"}), `;
    text += `snaplen ${one["snaplen"]}, ${one["packets"]} packets\n`;
  }
  for (const [kind, count] of Object.entries(facts["blocks"] as Record<string, number>))
    text += `${`${sentence(kind)} blocks:`.padEnd(18)} ${count}\n`;
  // Names in a capture may hold anything; a line break is the only control character here that is ours.
  return text.replace(/[^\P{Cc}\n]/gu, ".");
}
