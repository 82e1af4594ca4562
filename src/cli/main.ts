#!/usr/bin/env node
import { readFileSync } from "node:fs";

/** The version of this package. */
function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

// The version is answered without loading anything: programs ask for it often.
if (process.argv.length === 3 && /^(-V|--version)$/.test(process.argv[2]!))
  process.stdout.write(`${version()}\n`);
else await (await import("./program.ts")).main(process.argv, version());
