import type { CaptureChunk } from "../../capture/chunk.ts";
import type { DissectedChunk, DissectingRequest, ForeignEngine } from "../engine.ts";
import { ExtractionError } from "../errors.ts";
import { Child, type ChildOptions } from "./child.ts";
import { tsharkFacts } from "./facts.ts";
import { lockstep } from "./lockstep.ts";
import { TsharkInput } from "./tshark-input.ts";
import { TsharkLayers } from "./tshark-layers.ts";
import { PdmlReader } from "./tshark-pdml.ts";
import { fieldKinds } from "./tshark-types.ts";

const { name, about, abilities, install } = tsharkFacts;

/**
 * The settings of whoever runs it play no part, so that the same capture gives the same: texts are English and UTF-8, times
 * UTC, preferences the defaults. A folder of preferences named in `WIRESHARK_CONFIG_DIR` is used: there keys and other ports
 * can be set.
 */
const environment = (): Record<string, string> => ({
  TZ: "UTC",
  LC_ALL: "C.UTF-8",
  WIRESHARK_CONFIG_DIR: process.env["WIRESHARK_CONFIG_DIR"] ?? "/nonexistent",
});

/** PDML is what tshark writes fastest of all forms that hold every field, and the only one in which fields keep their order. */
const ARGUMENTS = ["-n", "-l", "-r", "-", "-T", "pdml"];

/** What tshark says beside faults. */
const CHATTER = /^Running as user |^\*\* \(tshark|^ \*\* |^\(tshark/;

/** The dissectors of Wireshark: every packet goes to `tshark` and comes back with all that it shows. */
export const tsharkEngine: ForeignEngine = {
  kind: "foreign",
  name,
  about,
  abilities,
  dissect,
};

async function* dissect(
  chunks: AsyncIterable<CaptureChunk>,
  { signal }: DissectingRequest,
): AsyncGenerator<DissectedChunk, void, undefined> {
  const env = environment();
  const options: ChildOptions = {
    engine: name,
    install,
    piped: true,
    env,
    signal,
    chatter: CHATTER,
  };
  const child = await Child.start("tshark", ARGUMENTS, options);
  const kinds = fieldKinds(env);
  const input = new TsharkInput();
  yield* lockstep(chunks, child, {
    encode: (chunk) => input.encode(chunk),
    push: () => input.push(),
    answers: answersOf(child, async (packets) => {
      const known = await kinds;
      return packets.map((packet) => new TsharkLayers(packet, known, input.isWrapped));
    }),
  });
}

type Packets = ReturnType<PdmlReader["read"]>;

/** Reads packets as they come. */
function answersOf(
  child: Child,
  shape: (packets: Packets) => Promise<TsharkLayers[]>,
): () => Promise<TsharkLayers[] | null> {
  const reader = new PdmlReader();
  return async () => {
    for (;;) {
      const bytes = await child.read();
      if (bytes === null) return null;
      const packets = read(reader, bytes);
      if (packets.length > 0) return shape(packets);
    }
  };
}

function read(reader: PdmlReader, bytes: Uint8Array): Packets {
  try {
    return reader.read(bytes);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new ExtractionError("ERR_ENGINE_FAILED", `${name}: ${why}`, { cause });
  }
}
