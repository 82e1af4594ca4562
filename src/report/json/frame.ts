import { formatNumber, nineDigits } from "../../bytes/decimal.ts";
import { formatHex } from "../../bytes/hex.ts";
import type { CaptureOrigin } from "../../capture/collector.ts";
import type { PacketOptions } from "../../files/options.ts";
import { faultAbove, faultOf } from "../../packet/faults.ts";
import { nothing } from "../../packet/nothing.ts";
import type { Packet } from "../../packet/packet.ts";
import type { PacketError } from "../../schema/error.ts";
import type { Layer } from "../../schema/layer.ts";
import { payloadEnd } from "../../schema/layout.ts";
import type { Source } from "../frame.ts";
import type { ForeignLayers } from "../report.ts";
import { epochTime, isoTime } from "../time.ts";
import { errorText, faultText, joined, partsText, trailerText } from "./layer.ts";
import { planOf } from "./plan.ts";
import { jsonText, quoted } from "./text.ts";

/** The inside of a frame's object: what the capture says of it, its layers one in the other, its bytes. */
export function frameText(
  packet: Packet,
  source: Source,
  options?: PacketOptions,
  layers?: ForeignLayers,
): string {
  let text = placeText(packet, source);
  if (options !== undefined) text += optionsText(options);
  const { seconds, nanoseconds, number, originalLength, data, start, end } = packet;
  text += timeText(seconds, nanoseconds, number);
  text += `,"len":${formatNumber(originalLength)},"cap_len":${formatNumber(end - start)}`;
  text += layers === undefined ? layersText(packet) : foreignText(layers);
  return `${text},"packet":"${formatHex(data, start, end)}"`;
}

let lastSeconds = Number.NaN;
let lastIso = "";
let lastEpoch = "";

/** The time in both forms, around the number. Packets come many to a second: what is before the fraction is kept. */
function timeText(seconds: number, nanoseconds: number, number: number): string {
  if (nanoseconds < 0) return `"time":null,"number":${formatNumber(number)},"time_epoch":null`;
  if (seconds !== lastSeconds) {
    const iso = isoTime(seconds, nanoseconds);
    if (seconds < 0 || iso === undefined) {
      const time = iso === undefined ? "null" : `"${iso}"`;
      return `"time":${time},"number":${formatNumber(number)},"time_epoch":"${epochTime(seconds, nanoseconds)}"`;
    }
    lastSeconds = seconds;
    lastIso = `"time":"${iso.slice(0, -10)}`;
    lastEpoch = `,"time_epoch":"${seconds}.`;
  }
  const fraction = nineDigits(nanoseconds);
  return `${lastIso}${fraction}Z","number":${formatNumber(number)}${lastEpoch}${fraction}"`;
}

/** Where in its file a packet stands, as the records of that format say it; ends with a comma. */
function placeText(packet: Packet, source: Source): string {
  // A custom block that counts as a packet has no interface.
  if (source === null || !("info" in packet.origin)) return "";
  const { seconds, nanoseconds, end, start, originalLength, origin } = packet;
  if (source === "pcapng") {
    const { section, id } = (origin as CaptureOrigin).info;
    return `"section_number":${section},"interface_id":${id},`;
  }
  const fraction =
    source === "pcap"
      ? `"ts_usec":${formatNumber(Math.floor(nanoseconds / 1000))}`
      : `"ts_nsec":${formatNumber(nanoseconds)}`;
  return `"frame_info":{"ts_sec":${formatNumber(seconds)},${fraction},"incl_len":${formatNumber(end - start)},"orig_len":${formatNumber(originalLength)}},`;
}

/** Comments, and whatever else the options say; ends with a comma. */
function optionsText({ comments, ...others }: PacketOptions): string {
  let text = comments.length > 0 ? `"comments":${jsonText(comments)},` : "";
  const said = Object.entries(others).filter(
    ([, value]) => !Array.isArray(value) || value.length > 0,
  );
  if (said.length > 0) text += `"options":${jsonText(Object.fromEntries(said))},`;
  return text;
}

/** The layers as another program found them, and its chain; begins with a comma. */
function foreignText({ chain, content }: ForeignLayers): string {
  const inside = jsonText(content).slice(1, -1);
  return `${inside === "" ? "" : `,${inside}`},"protocols":${quoted(chain.join(":"))}`;
}

/** The layers one in the other, what lies above the highest, and the chain of their names; begins with a comma. */
function layersText(packet: Packet): string {
  const { bottom } = packet;
  let text = "";
  // What closes the objects that are open: trailers stand behind the layer that they surround.
  let closing = "";
  let chain = "";
  if (bottom.schema === nothing.schema) text = rawText(bottom, ',"raw":');
  else {
    let layer = bottom;
    text = planOf(layer.schema).bottomKey;
    for (;;) {
      const plan = planOf(layer.schema);
      const { upper } = layer;
      let inside = partsText(layer, plan);
      if (layer.more !== null) {
        const fault = faultOf(layer);
        if (fault !== null) inside = joined(inside, errorText(fault, layer, plan.errorKey));
      }
      const above =
        upper === null ? rawText(layer, plan.rawKey) : plan.upperKey(upper.schema.root.name);
      text += inside === "" ? above.slice(1) : inside + above;
      const tail = trailerText(layer, plan);
      closing =
        tail === ""
          ? `}${closing}`
          : `${inside === "" && above === "" ? tail.slice(1) : tail}}${closing}`;
      if (upper === null) {
        chain += plan.label;
        break;
      }
      chain += `${plan.label}:`;
      layer = upper;
    }
  }
  text += `${closing}`;
  if (bottom.end < packet.end)
    text += `,"trailer":"${formatHex(packet.data, bottom.end, packet.end)}"`;
  return `${text},"protocols":"${chain}"`;
}

/** The bytes above the highest layer and why they are no layer, with the key; nothing where there is neither. */
function rawText(top: Layer, key: string): string {
  const from = top.headerEnd;
  const to = payloadEnd(top);
  const error: PacketError | null = top.more === null ? null : faultAbove(top);
  const partial = top.more?.partial ?? null;
  if (from >= to && error === null && partial === null) return "";
  const protocol = partial === null ? null : partial.schema.root.name;
  const name = protocol === null ? "null" : quoted(protocol);
  const fault = error === null ? "null" : faultText(error, bottomOf(top).start);
  return `${key}{"protocol":${name},"error":${fault},"packet":"${formatHex(top.bytes, from, Math.max(from, to))}"}`;
}

function bottomOf(layer: Layer): Layer {
  let l = layer;
  while (l.lower !== null) l = l.lower;
  return l;
}
