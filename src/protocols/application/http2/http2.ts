import { bits, flag, flags, octets, part, u8, u16, u24, u32 } from "../../../schema/field.ts";
import type { Layer } from "../../../schema/layer.ts";
import { protocol, record } from "../../../schema/protocol.ts";
import type { AnySchema } from "../../../schema/schema.ts";
import { at, variants } from "../../../schema/variants.ts";
import { http2ErrorNames, http2FrameNames } from "../../iana/http.ts";
import { FRAME_HEADER, followsFrame, frameTypes, isFrame } from "./frame.ts";
import { http2Setting } from "./setting.ts";

/** Behind a frame comes another, as far as the bytes go and look like one. */
const following = ({ layer }: { readonly layer: Layer }): AnySchema | undefined =>
  followsFrame(layer.bytes, layer.headerEnd, layer.end) ? http2 : undefined;

/** What all frames begin with; the flags that follow are of the type (RFC 9113 §4.1). */
const base = protocol({
  name: "http2",
  label: "HTTP2",
  title: "HTTP/2",
  spec: "RFC 9113",
  test: isFrame,
})
  .fields({
    length: u24("Length", {
      computed: (layer) => Math.max(0, layer.headerEnd - layer.start - FRAME_HEADER),
    }),
    type: u8("Type", { names: http2FrameNames }),
  })
  // By a function, since nothing but another frame may follow.
  .header((h) => FRAME_HEADER + h.length)
  .payload({ next: following });

const hidden = (title = "Unused") => part(1, title, { filter: null });
const named = (title: string, filter: string) => part(1, title, { filter });
const hex = { base: "hex" } as const;
const noFlags = flags(8, {}, "Flags", hex);

/** The number of the stream, behind a bit that is reserved. */
const place = {
  reserved: bits(1, "Reserved", { filter: "r", base: "hex", digits: 8 }),
  stream: bits(31, "Stream Identifier", { filter: "streamid" }),
};
/** Which stream another depends on (RFC 9113 §5.3: no longer meant to be used). */
const dependency = {
  exclusive: flag("Exclusive"),
  dependency: bits(31, "Stream Dependency", { filter: "stream_dependency" }),
  weight: u8("Weight", { filter: "headers.weight", note: "One less than the weight." }),
};
const padLength = {
  padLength: u8("Pad Length", { filter: "padding", base: "hex", valid: [0, 4] }),
};

interface Padded {
  readonly layer: Layer;
  readonly padLength?: number | undefined;
}
/** Bytes from here to the padding. */
const unpadded =
  (before: (h: Padded) => number) =>
  (h: Padded): number =>
    Math.max(0, h.layer.headerEnd - h.layer.start - before(h) - (h.padLength ?? 0));
const padByte = (h: Padded): number => (h.padLength === undefined ? 0 : 1);
const someBytes = (random: { upTo(n: number): number; bytes(n: number): Uint8Array }) =>
  random.bytes(random.upTo(12));

const data = base
  .fields({
    flags: flags(
      8,
      {
        padded: "Padded",
        reserved2: hidden(),
        reserved1: hidden(),
        endStream: "End Stream",
      },
      "Flags",
      hex,
    ),
    ...place,
  })
  .when("flags.padded", padLength)
  .bytes(
    "data",
    "Data",
    unpadded((h) => FRAME_HEADER + padByte(h)),
    {
      filter: "data.data",
      valid: someBytes,
    },
  )
  .bytes("padding", "Padding", "rest", { filter: "data.padding", when: "flags.padded" });

const headers = base
  .fields({
    flags: flags(
      8,
      {
        priority: "Priority",
        reserved4: hidden(),
        padded: "Padded",
        endHeaders: named("End Headers", "eh"),
        reserved1: hidden(),
        endStream: "End Stream",
      },
      "Flags",
      hex,
    ),
    ...place,
  })
  .when("flags.padded", padLength)
  .when("flags.priority", dependency)
  .bytes(
    "block",
    "Field Block Fragment",
    unpadded(
      (h) => FRAME_HEADER + padByte(h) + ((h.layer.bytes[h.layer.start + 4]! & 0x20) >> 5) * 5,
    ),
    { filter: "headers", valid: () => Uint8Array.of(0x82) },
  )
  .bytes("padding", "Padding", "rest", { filter: "headers.padding", when: "flags.padded" });

const pushPromise = base
  .fields({
    flags: flags(
      8,
      {
        padded: "Padded",
        endHeaders: named("End Headers", "eh"),
        reserved1: hidden(),
        reserved0: hidden(),
      },
      "Flags",
      hex,
    ),
    ...place,
  })
  .when("flags.padded", padLength)
  .fields({
    promisedReserved: bits(1, "Reserved", { filter: "push_promise.r", base: "hex", digits: 8 }),
    promised: bits(31, "Promised Stream Identifier", {
      filter: "push_promise.promised_stream_id",
    }),
  })
  .bytes(
    "block",
    "Field Block Fragment",
    unpadded((h) => FRAME_HEADER + padByte(h) + 4),
    {
      filter: "push_promise.header",
      valid: () => Uint8Array.of(0x82),
    },
  )
  .bytes("padding", "Padding", "rest", { filter: "push_promise.padding", when: "flags.padded" });

const ackOf = (name: string) =>
  flags(8, { ack: named("Acknowledgment", `ack.${name}`) }, "Flags", hex);

const originEntry = record("http2.originEntry", "Origin", { spec: "RFC 8336 §2.1" })
  .fields({ length: u16("Length", { filter: "origin.origin_len" }) })
  .text("origin", "Origin", { field: "length" }, { filter: "origin.origin" });

const other = base.fields({ flags: noFlags, ...place });

const made = variants(
  base,
  "type",
  {
    data: at(frameTypes.data, data),
    headers: at(frameTypes.headers, headers),
    priority: at(frameTypes.priority, other.fields(dependency)),
    rstStream: at(
      frameTypes.rstStream,
      other.fields({
        error: u32("Error Code", { filter: "rst_stream.error", names: http2ErrorNames }),
      }),
    ),
    settings: at(
      frameTypes.settings,
      base
        .fields({ flags: ackOf("settings"), ...place })
        .list("settings", "Settings", http2Setting),
    ),
    pushPromise: at(frameTypes.pushPromise, pushPromise),
    ping: at(
      frameTypes.ping,
      base.fields({
        flags: ackOf("ping"),
        ...place,
        opaque: octets(8, "Opaque Data", { filter: "ping" }),
      }),
    ),
    goaway: at(
      frameTypes.goaway,
      other
        .fields({
          lastReserved: bits(1, "Reserved", { filter: "goway.r", base: "hex", digits: 8 }),
          lastStream: bits(31, "Last Stream Identifier", { filter: "goaway.last_stream_id" }),
          error: u32("Error Code", { filter: "goaway.error", names: http2ErrorNames }),
        })
        .bytes("debug", "Additional Debug Data", "rest", { filter: "goaway.addata" }),
    ),
    windowUpdate: at(
      frameTypes.windowUpdate,
      other.fields({
        incrementReserved: bits(1, "Reserved", {
          filter: "window_update.r",
          base: "hex",
          digits: 8,
        }),
        increment: bits(31, "Window Size Increment", {
          filter: "window_update.window_size_increment",
        }),
      }),
    ),
    continuation: at(
      frameTypes.continuation,
      base
        .fields({
          flags: flags(
            8,
            { endHeaders: named("End Headers", "eh"), reserved1: hidden(), reserved0: hidden() },
            "Flags",
            hex,
          ),
          ...place,
        })
        .bytes("block", "Field Block Fragment", "rest", {
          filter: null,
          valid: () => Uint8Array.of(0x82),
        }),
    ),
    altsvc: at(
      frameTypes.altsvc,
      other
        .fields({ originLength: u16("Origin Length", { filter: "altsvc.origin.len" }) })
        .text("origin", "Origin", { field: "originLength" }, { filter: "altsvc.origin" })
        .text("value", "Alt-Svc Field Value", "rest", { filter: "altsvc.field_value" }),
    ),
    origin: at(frameTypes.origin, other.list("origins", "Origins", originEntry)),
    priorityUpdate: at(
      frameTypes.priorityUpdate,
      other
        .fields({
          prioritizedReserved: flag("Reserved", { filter: null }),
          prioritized: bits(31, "Prioritized Stream Identifier", {
            filter: "priority_update_stream_id",
          }),
        })
        .text("value", "Priority Field Value", "rest", { filter: "priority_update_field_value" }),
    ),
  },
  other.bytes("data", "Data", "rest", { filter: "unknown" }),
);
type Made = typeof made;
/** The declaration of {@link http2}. */
export interface Http2 extends Made {}
/**
 * A frame of HTTP/2 (RFC 9113 §4.1). Several in a segment lie one behind the other as layers. Field blocks are compressed
 * with what earlier ones left behind, so their fields are for who reads the whole stream.
 */
export const http2: Http2 = made;
