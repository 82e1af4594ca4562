import { readU16 } from "../../bytes/numbers.ts";
import { ConversationTable } from "../../flow/conversations.ts";
import { type Layer, viewOf } from "../../schema/layer.ts";
import type { Context, Emit, Extra } from "./context.ts";
import { lineCell, transportOf } from "./text-lines.ts";

/** A data connection, as its control connection announced it. */
export interface DataChannel {
  readonly method: string;
  readonly setupFrame: number;
  /** The folder that the client was in then; `null` where that is not known. */
  readonly folder: string | null;
  /** The command that came next, and its frame: 0 before that. */
  command: string;
  commandFrame: number;
}

/** Data connections that are kept: the oldest are forgotten. */
const MOST = 10_000;

/** Announced data connections by the end that listens. */
export class DataChannels {
  private readonly byListener = new Map<string, DataChannel>();

  add(key: string, channel: DataChannel): void {
    this.byListener.delete(key);
    this.byListener.set(key, channel);
    const oldest = this.byListener.keys().next().value;
    if (this.byListener.size > MOST && oldest !== undefined) this.byListener.delete(oldest);
  }

  find(keys: readonly string[]): DataChannel | undefined {
    for (const key of keys) {
      const found = this.byListener.get(key);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** Makes what the connections of a capture share. */
export const dataChannels = (): DataChannels => new DataChannels();

/** An end as it is looked up. */
export const listenerKey = (address: string, port: number): string => `${address} ${port}`;

/** The first frame of each connection. */
const firsts = (): ConversationTable<{ frame: number }> =>
  new ConversationTable(() => ({ frame: 0 }));

function firstFrame(transport: Layer, { packet, session }: Context): number {
  const { state } = session.of(firsts).find(transport);
  state.frame ||= packet.number;
  return state.frame;
}

function keysOf(transport: Layer): string[] {
  const { bytes, start, lower } = transport;
  const { src = "", dst = "" } = (lower === null ? {} : viewOf(lower)) as {
    readonly src?: string;
    readonly dst?: string;
  };
  return [listenerKey(dst, readU16(bytes, start + 2)), listenerKey(src, readU16(bytes, start))];
}

function cells(layer: Layer, emit: Emit, context: Context): void {
  const transport = transportOf(layer, context);
  if (transport === null) return;
  const channel = context.session.of(dataChannels).find(keysOf(transport));
  if (channel === undefined) {
    emit("ftp-data.setup-frame", String(firstFrame(transport, context)));
    return;
  }
  emit("ftp-data.setup-frame", String(channel.setupFrame));
  emit("ftp-data.setup-method", channel.method);
  if (channel.commandFrame > 0) {
    emit("ftp-data.command", lineCell(channel.command));
    emit("ftp-data.command-frame", String(channel.commandFrame));
  }
  if (channel.folder !== null) emit("ftp-data.current-working-directory", lineCell(channel.folder));
}

const names: readonly string[] = [
  "ftp-data.command",
  "ftp-data.command-frame",
  "ftp-data.current-working-directory",
  "ftp-data.setup-frame",
  "ftp-data.setup-method",
];

/** What the control connection says of a data connection, and the first frame of one that nobody announced. */
export const ftpDataExtras: readonly Extra[] = [
  { protocol: "ftpData", names, cells },
  {
    protocol: "tcp",
    names: ["ftp-data.setup-frame"],
    cells: (layer, _, context) => void firstFrame(layer, context),
  },
];
