import type { Application } from "../../src/analysis/application.ts";
import type { AnalysisEvent } from "../../src/analysis/events.ts";
import { type Piece, type ReadOptions, readPieces } from "./hostile.ts";

/** Properties that say where something was said, or name another event that was told before. */
const hidden: ReadonlySet<string> = new Set([
  "type",
  "connection",
  "place",
  "file",
  "mail",
  "part",
]);

const shown = (name: string, value: unknown): string => {
  if (name === "command" && typeof value === "object" && value !== null)
    return `command=${(value as { readonly command: string }).command}`;
  return `${name}=${JSON.stringify(value)}`;
};

/** An event as a short line: its type, and what it has that is not empty. */
function lineOf(event: AnalysisEvent): string {
  if (event.type === "note") return `note ${event.kind}: ${event.text}`;
  const parts = Object.entries(event).filter(
    ([name, value]) =>
      !hidden.has(name) &&
      value !== null &&
      value !== "" &&
      value !== false &&
      !(Array.isArray(value) && value.length === 0),
  );
  return [event.type, ...parts.map(([name, value]) => shown(name, value))].join(" ");
}

/** What was told, as short lines; data that came in pieces as one. */
export function told(
  pieces: readonly Piece[],
  application: Application,
  options: ReadOptions = {},
): string[] {
  const lines: string[] = [];
  let data = "";
  let from = "";
  readPieces(pieces, {
    applications: [application],
    port: application.ports[0]!,
    ...options,
    onEvent(event) {
      options.onEvent?.(event);
      if ("bytes" in event && event.bytes instanceof Uint8Array) {
        const text = String.fromCharCode(...event.bytes);
        const whose = `${event.type} ${event.place.side}`;
        if (whose !== from) {
          lines.push("");
          data = "";
        }
        from = whose;
        data += text;
        lines[lines.length - 1] = `${event.type} ${JSON.stringify(data)}`;
        return;
      }
      from = "";
      lines.push(lineOf(event));
    },
  });
  return lines;
}
