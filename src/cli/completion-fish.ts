import { allCommands, type Completed, type CompletedCommand } from "./completion-tree.ts";

/** Text as one word: in single quotes, fish knows the quote and the backslash only. */
const quoted = (text: string): string =>
  `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** A script for fish 3 and later: a line for each command, option and argument. */
export function fishScript(name: string, program: CompletedCommand): string {
  const id = name.replace(/\W/g, "_");
  return `# Completion of ${name} for fish: ${name} completion fish | source
complete -c ${name} -e
complete -c ${name} -f
# Whether the line is in the command of these names, and not in one below it.
function __${id}_in
    set -l words (commandline -opc)
    set -e words[1]
    set -l path
    for word in $words
        string match -q -- '-*' $word; and continue
        contains -- "$path $word" ${allPaths(program)}; or continue
        set path "$path $word"
    end
    test "$path" = "$argv[1]"
end
${linesOf(name, `__${id}_in`, program).join("\n")}
`;
}

/** Commands as the script writes their names: a blank before each. */
const pathOf = ({ path }: CompletedCommand): string => path.map((one) => ` ${one}`).join("");

const allPaths = (program: CompletedCommand): string =>
  allCommands(program)
    .slice(1)
    .map((one) => quoted(pathOf(one)))
    .join(" ");

function linesOf(name: string, test: string, command: CompletedCommand): readonly string[] {
  const condition = `-n ${quoted(`${test} ${quoted(pathOf(command))}`)}`;
  const start = `complete -c ${name} ${condition}`;
  return [
    ...command.commands.map(
      ({ path, description }) => `${start} -a ${quoted(path.at(-1)!)} -d ${quoted(description)}`,
    ),
    ...command.options.map(({ flags, description, value }) => {
      const own = flags.map((flag) =>
        flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      );
      return [start, ...own, flagsFor(value), `-d ${quoted(description)}`]
        .filter(Boolean)
        .join(" ");
    }),
    ...command.arguments.slice(0, 1).flatMap((value) => argumentOf(start, value)),
    ...command.commands.flatMap((one) => linesOf(name, test, one)),
  ];
}

function flagsFor(value: Completed | undefined): string {
  if (value === undefined) return "";
  if (value.kind === "words") return `-x -a ${quoted(value.words.join(" "))}`;
  if (value.kind === "folders") return "-x -a '(__fish_complete_directories)'";
  return value.kind === "files" ? "-r -F" : "-x";
}

function argumentOf(start: string, value: Completed): readonly string[] {
  if (value.kind === "words") return [`${start} -a ${quoted(value.words.join(" "))}`];
  if (value.kind === "folders") return [`${start} -a '(__fish_complete_directories)'`];
  return value.kind === "files" ? [`${start} -F`] : [];
}
