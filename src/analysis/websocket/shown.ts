import type { Layer } from "../../schema/layer.ts";

/** What a frame says only to who read those before it. */
export interface WebsocketShown {
  /** Bytes of the payload without its mask. */
  readonly payload: Uint8Array;
  /** Whether compression was agreed on. */
  readonly isDeflate: boolean;
  /** The message that the frame ended; `null` for control frames, and where others follow. */
  readonly message: WebsocketShownMessage | null;
}

/** A message that is whole, as it was sent and without compression. */
export interface WebsocketShownMessage {
  readonly kind: "text" | "binary";
  readonly sent: Uint8Array;
  /** The content; `null` where it is compressed and could not be decompressed. */
  readonly bytes: Uint8Array | null;
  readonly isCompressed: boolean;
  /** Numbers of the packets that completed its frames. */
  readonly packets: readonly number[];
}

const shown = new WeakMap<Layer, WebsocketShown>();

/** Remembers what the reader found with a frame's layer, as long as somebody has that. */
export function setWebsocketShown(layer: Layer, what: WebsocketShown): void {
  shown.set(layer, what);
}

/** What the streams' reader knows of a frame that it showed; `undefined` for layers of single packets. */
export const websocketShown = (layer: Layer): WebsocketShown | undefined => shown.get(layer);
