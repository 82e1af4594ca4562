import { bits, flag, octets, u16, u64 } from "../../../schema/field.ts";
import type { Layer } from "../../../schema/layer.ts";
import { names } from "../../../schema/names.ts";
import { protocol } from "../../../schema/protocol.ts";
import type { AnySchema } from "../../../schema/schema.ts";
import { frameExtent, headerLength, isWebsocketFrame, WEBSOCKET_HEAD } from "./frame.ts";

/** Opcodes (RFC 6455 §11.8). */
export const websocketOpcodeNames = /* @__PURE__ */ names(`0=Continuation
1=Text
2=Binary
8=Connection Close
9=Ping
10=Pong`);

const following = ({ layer }: { readonly layer: Layer }): AnySchema | undefined =>
  isWebsocketFrame(layer.bytes, layer.headerEnd, layer.end) ? websocket : undefined;

/** Bytes that stand before the payload, by the parts that are there. */
function headerSize({ bytes, start, end }: Layer): number {
  return frameExtent(bytes, start, end)?.header ?? WEBSOCKET_HEAD;
}
/** Bytes of the whole frame; of one whose header is cut, those that the header needs. */
function frameSize({ layer }: { readonly layer: Layer }): number {
  const { bytes, start, end } = layer;
  const extent = frameExtent(bytes, start, end);
  return extent === null ? headerLength(bytes[start + 1] ?? 0) : extent.header + extent.payload;
}
const written = (layer: Layer): number => layer.headerEnd - layer.start - headerSize(layer);

/**
 * A frame of WebSocket (RFC 6455 §5.2). Several in a segment lie one behind the other as layers. It has no port: an upgrade
 * of HTTP leads to it. The payload is as it was sent, under its mask and compressed: who reads the stream undoes both.
 *
 * When building, lengths up to 125 are computed; for longer ones give `payloadLength: 126` or `127`, and the longer field is
 * computed.
 */
export const websocket = protocol({
  name: "websocket",
  label: "WebSocket",
  title: "WebSocket",
  spec: "RFC 6455 §5.2",
  test: isWebsocketFrame,
})
  .fields({
    fin: flag("Final Fragment", { default: true }),
    rsv: bits(3, "Reserved", { base: "hex", digits: 2, note: "The first bit: RFC 7692 §6." }),
    opcode: bits(4, "Opcode", { names: websocketOpcodeNames, default: 2 }),
    masked: flag("Mask", { filter: "mask" }),
    payloadLength: bits(7, "Payload Length", {
      computed: written,
      note: "126 and 127 say that a longer field follows.",
    }),
  })
  .when(
    { field: "payloadLength", is: 126 },
    {
      length16: u16("Extended Payload Length", {
        filter: "payload_length_ext_16",
        computed: written,
      }),
    },
  )
  .when(
    { field: "payloadLength", is: 127 },
    {
      length64: u64("Extended Payload Length", {
        filter: "payload_length_ext_64",
        computed: (layer) => BigInt(written(layer)),
      }),
    },
  )
  .when("masked", { maskingKey: octets(4, "Masking Key") })
  .bytes(
    "payload",
    "Payload",
    ({ layer }) => Math.max(0, frameSize({ layer }) - headerSize(layer)),
    {
      filter: null,
      valid: (random) => random.bytes(random.upTo(20)),
    },
  )
  .header(frameSize)
  .payload({ next: following });
