import type { Layer } from "../../schema/layer.ts";
import type { HpackBlock } from "./hpack.ts";

/** The content of a message, as far as it came up to the frame that ended it. */
export interface Http2ShownBody {
  readonly bytes: Uint8Array;
  /** Numbers of the packets that completed its DATA frames; only the frame itself where there are no others. */
  readonly packets: readonly number[];
  /** Whether frames before this one had some of it. */
  readonly isJoined: boolean;
  /** The message's fields: media type and codings. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** What a frame says only to who read those before it. */
export interface Http2Shown {
  /** The fields that ended in the frame's fragment of a block. */
  readonly block: HpackBlock | null;
  /** What the frame completed by ending its side of the stream. */
  readonly body: Http2ShownBody | null;
}

const shown = new WeakMap<Layer, Http2Shown>();

/** Remembers what readers found with a frame's layer, as long as somebody has that. */
export function setHttp2Shown(layer: Layer, what: Http2Shown): void {
  shown.set(layer, what);
}

/** What the streams' reader knows of a frame that it showed; `undefined` for layers of single packets. */
export const http2Shown = (layer: Layer): Http2Shown | undefined => shown.get(layer);
