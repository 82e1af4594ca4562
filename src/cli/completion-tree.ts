import type { Argument, Command, Option } from "commander";

/** What the value of an option or an argument can be: some words, or what its placeholder names. */
export type Completed =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "files" | "folders" | "text" };

/** An option as scripts want it. */
export interface CompletedOption {
  /** `-f`, `--format`: one or both. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Undefined where it takes none. */
  readonly value: Completed | undefined;
  /** Whether it may be given again. */
  readonly isRepeated: boolean;
}

/** A command with all that may stand behind its name. */
export interface CompletedCommand {
  /** Its names from the program's on, without that: empty for the program itself. */
  readonly path: readonly string[];
  readonly description: string;
  readonly commands: readonly CompletedCommand[];
  readonly options: readonly CompletedOption[];
  /** Its arguments in order; the last one stands for all that follow where it may be repeated. */
  readonly arguments: readonly Completed[];
  readonly isVariadic: boolean;
}

/** All that a command line can have, from the objects that parse it. */
export function describeCommand(
  command: Command,
  path: readonly string[] = [],
  parent?: Command,
): CompletedCommand {
  const help = command.createHelp();
  const { registeredArguments } = command;
  const values = registeredArguments.map((one) => completed(one.argChoices, one.name()));
  return {
    path,
    description: command.description(),
    commands: help
      .visibleCommands(command)
      .map((one) => describeCommand(one, [...path, one.name()], command)),
    options: help.visibleOptions(command).map(describeOption),
    arguments: parent !== undefined && isHelp(command, parent) ? [namesIn(parent)] : values,
    isVariadic: registeredArguments.at(-1)?.variadic === true,
  };
}

/** Whether this is the command that commander adds by itself: `help [command]`. */
const isHelp = (command: Command, parent: Command): boolean =>
  command.name() === "help" && !parent.commands.includes(command);

const namesIn = ({ commands }: Command): Completed => ({
  kind: "words",
  words: commands.map((one) => one.name()),
});

function describeOption(option: Option): CompletedOption {
  const { short, long, description, flags, argChoices } = option;
  const placeholder = /[<[]([\w-]+)/.exec(flags)?.[1];
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    value: placeholder === undefined ? undefined : completed(argChoices, placeholder),
    // What collects its values has a function that does so.
    isRepeated: option.variadic || (option.parseArg !== undefined && argChoices === undefined),
  };
}

/** Placeholders of files and folders; everything else is text that no shell knows. */
const FILES: ReadonlySet<string> = new Set(["file", "capture", "captures", "files"]);
const FOLDERS: ReadonlySet<string> = new Set(["folder"]);

function completed(choices: Argument["argChoices"], placeholder: string): Completed {
  if (choices !== undefined) return { kind: "words", words: choices };
  if (FILES.has(placeholder)) return { kind: "files" };
  return { kind: FOLDERS.has(placeholder) ? "folders" : "text" };
}

/** The command and all below it. */
export const allCommands = (command: CompletedCommand): readonly CompletedCommand[] => [
  command,
  ...command.commands.flatMap(allCommands),
];
