import { spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";

/** How a field is written, as far as its type decides it. */
export type FieldKind = "presence" | "text" | "bytes" | "boolean" | "protocol";

/** Kinds by the types that `tshark -G fields` names; all others are numbers and what else stands as it is. */
const kinds: Readonly<Record<string, FieldKind>> = {
  FT_NONE: "presence",
  FT_STRING: "text",
  FT_STRINGZ: "text",
  FT_STRINGZPAD: "text",
  FT_STRINGZTRUNC: "text",
  FT_UINT_STRING: "text",
  FT_BYTES: "bytes",
  FT_UINT_BYTES: "bytes",
  FT_BOOLEAN: "boolean",
};

/** Kinds by Wireshark's field name. */
export type FieldKinds = ReadonlyMap<string, FieldKind>;

let known: Promise<FieldKinds> | null = null;

/**
 * What kind the fields are of that the installed tshark has: asked once in the life of a process, since it does not change
 * and takes half a second. Empty where tshark does not tell.
 */
export function fieldKinds(env: Readonly<Record<string, string>>): Promise<FieldKinds> {
  known ??= ask(env);
  return known;
}

/** Asks tshark and forgets an answer that is none, so that it is asked again. */
async function ask(env: Readonly<Record<string, string>>): Promise<FieldKinds> {
  const found = await readKinds(env);
  if (found.size === 0) known = null;
  return found;
}

function readKinds(env: Readonly<Record<string, string>>): Promise<FieldKinds> {
  const found = new Map<string, FieldKind>();
  return new Promise((resolve) => {
    const child = spawn("tshark", ["-G", "fields"], {
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, ...env },
    });
    const decoder = new StringDecoder("latin1");
    let rest = "";
    child.stdout.on("data", (piece: Buffer) => {
      const lines = (rest + decoder.write(piece)).split("\n");
      rest = lines.pop()!;
      for (const line of lines) add(found, line);
    });
    child.on("error", () => resolve(found));
    child.on("close", () => resolve(found));
  });
}

/**
 * `F`, a title, the name, the type and more, with tabs between. `P` is a protocol; some are shown as
 * fields, as the options of TCP are.
 */
function add(found: Map<string, FieldKind>, line: string): void {
  if (line.startsWith("P\t")) found.set(alone(line.slice(line.lastIndexOf("\t") + 1)), "protocol");
  if (!line.startsWith("F\t")) return;
  const name = line.indexOf("\t", 2) + 1;
  const type = line.indexOf("\t", name) + 1;
  const kind = kinds[line.slice(type, line.indexOf("\t", type))];
  if (name > 0 && type > 0 && kind !== undefined)
    found.set(alone(line.slice(name, type - 1)), kind);
}

/** A copy: a part of a text would keep all of the text, here 19 MB. */
const alone = (text: string): string => Buffer.from(text, "latin1").toString("latin1");
