import type { Command } from "commander";
import { standardOutput } from "../node/output.ts";
import { bashScript } from "./completion-bash.ts";
import { fishScript } from "./completion-fish.ts";
import { describeCommand } from "./completion-tree.ts";
import { zshScript } from "./completion-zsh.ts";
import { UsageError } from "./run.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** `wirecraft completion`: a script for a shell, made of the commands and options that the program has. */
export function completion(shell: string, program: Command): void {
  const write = Object.entries(scripts).find(([name]) => name === shell)?.[1];
  if (write === undefined)
    throw new UsageError(`'${shell}' is none of ${Object.keys(scripts).join(", ")}`);
  const out = standardOutput();
  out.write(write(program.name(), describeCommand(program)));
  out.finish();
}
