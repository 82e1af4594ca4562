import { createHash, type Hash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { StreamAnalysis } from "../analysis/analysis.ts";
import {
  type CarriedObject,
  type ObjectEnd,
  type ObjectSink,
  Objects,
  objectProtocols,
  safeName,
} from "../analysis/objects.ts";
import { quoteText } from "../bytes/escape.ts";
import { nodeDecoders } from "../node/decoders.ts";
import { openCapture } from "../node/open.ts";
import { standardOutput } from "../node/output.ts";
import { NodeTraceFolder } from "../node/trace-folder.ts";
import { dissectorFor, wholeNumber } from "./input.ts";
import { oneOf, passOver } from "./pass.ts";
import { UsageError } from "./run.ts";

interface ObjectsCommandOptions {
  readonly protocol?: readonly string[];
  readonly output?: string;
  readonly list?: boolean;
  readonly count?: string;
  readonly decodeAs?: readonly string[];
}

/** What the manifest says of one object. */
interface Entry {
  readonly file: string | null;
  readonly protocol: string;
  readonly stream: number;
  readonly packet: number;
  readonly name: string;
  readonly source: string;
  readonly mediaType: string;
  readonly direction: string;
  readonly size: number;
  readonly complete: boolean;
  readonly undecoded: readonly string[];
  readonly fault: string | null;
  readonly md5: string;
  readonly sha256: string;
}

/** Names that were given: without case, since some file systems know none. */
class Names {
  private readonly taken = new Map<string, number>([["manifest.json", 1]]);

  free(name: string): string {
    const safe = safeName(name);
    for (;;) {
      const count = (this.taken.get(safe.toLowerCase()) ?? 0) + 1;
      this.taken.set(safe.toLowerCase(), count);
      if (count === 1) return safe;
      const dot = safe.lastIndexOf(".");
      const numbered =
        dot > 0 ? `${safe.slice(0, dot)}-${count}${safe.slice(dot)}` : `${safe}-${count}`;
      if (this.taken.has(numbered.toLowerCase())) continue;
      this.taken.set(numbered.toLowerCase(), 1);
      return numbered;
    }
  }
}

/** One object on its way into a file. */
class FileSink implements ObjectSink {
  private readonly md5: Hash = createHash("md5");
  private readonly sha256: Hash = createHash("sha256");
  private readonly object: CarriedObject;
  private readonly file: string | null;
  private readonly folder: NodeTraceFolder | null;
  private readonly done: (entry: Entry) => void;
  private isFirst = true;

  constructor(
    object: CarriedObject,
    file: string | null,
    folder: NodeTraceFolder | null,
    done: (entry: Entry) => void,
  ) {
    this.object = object;
    this.file = file;
    this.folder = folder;
    this.done = done;
  }

  write(bytes: Uint8Array): void {
    this.md5.update(bytes);
    this.sha256.update(bytes);
    if (this.folder !== null && this.file !== null)
      this.folder.append(this.file, bytes, this.isFirst);
    this.isFirst = false;
  }

  end({ size, complete, undecoded, fault }: ObjectEnd): void {
    const { protocol, connection, packet, name, source, mediaType, direction } = this.object;
    if (this.folder !== null && this.file !== null) this.folder.finish(this.file);
    this.done({
      ...{ file: this.file, protocol, stream: connection.index, packet, name, source, mediaType },
      ...{ direction, size, complete, undecoded, fault },
      ...{ md5: this.md5.digest("hex"), sha256: this.sha256.digest("hex") },
    });
  }
}

/** A line for people: what packets say is quoted. */
function line({ packet, stream, protocol, mediaType, size, complete, name, file }: Entry): string {
  const state = complete ? "" : "  (incomplete)";
  const type = mediaType === "" ? "-" : quoteText(mediaType).slice(1, -1);
  return `${packet}\t${stream}\t${protocol}\t${type}\t${size}\t${file ?? quoteText(name)}${state}\n`;
}

/** `wirecraft objects`: files that were carried by HTTP, FTP and mail, with a manifest of what they are. */
export async function objects(path: string, options: ObjectsCommandOptions): Promise<void> {
  const wanted = options.protocol?.map((one) => oneOf("--protocol", objectProtocols, one));
  const count = wholeNumber("--count", options.count);
  if (options.output === undefined && options.list !== true)
    throw new UsageError("objects: which folder do they go to? (-o), or only --list");
  const dissector = dissectorFor(options.decodeAs);
  const capture = openCapture(path, { dissector });
  const folder = options.output === undefined ? null : new NodeTraceFolder(options.output);
  const out = standardOutput();
  const names = new Names();
  const entries: Entry[] = [];
  const found = new Objects({
    decoders: nodeDecoders,
    ...(wanted === undefined ? {} : { protocols: new Set(wanted) }),
    onObject: (object) =>
      new FileSink(object, folder === null ? null : names.free(object.name), folder, (entry) => {
        entries.push(entry);
        out.write(line(entry));
      }),
  });
  const analysis = new StreamAnalysis({ dissector, onEvent: (event) => found.take(event) });
  await passOver(capture, count, out, {
    add: (packet) => analysis.add(packet),
    finish: () => {
      analysis.flush();
      if (options.output !== undefined)
        writeFileSync(
          join(options.output, "manifest.json"),
          `${JSON.stringify({ capture: path, objects: entries }, null, 2)}\n`,
        );
    },
    abandon: () => folder?.abandon(),
  });
}
