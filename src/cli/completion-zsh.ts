import type { Completed, CompletedCommand, CompletedOption } from "./completion-tree.ts";

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Text inside the brackets or between the colons of a specification. */
const escaped = (text: string): string => text.replace(/[\\[\]:]/g, "\\$&");

/** A script for zsh 5 and later: a function for each command, which says what can stand behind its name. */
export function zshScript(name: string, program: CompletedCommand): string {
  const id = `_${name.replace(/\W/g, "_")}`;
  return `#compdef ${name}
# Completion of ${name} for zsh: source <(${name} completion zsh), or as a file _${name} in a folder of $fpath
${functionsOf(id, program).join("\n")}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  ${id} "$@"
else
  compdef ${id} ${name}
fi
`;
}

const idOf = (id: string, { path }: CompletedCommand): string =>
  [id, ...path.map((one) => one.replace(/\W/g, "_"))].join("_");

function functionsOf(id: string, command: CompletedCommand): readonly string[] {
  const own = command.commands.length > 0 ? parent(id, command) : leaf(id, command);
  return [own, ...command.commands.flatMap((one) => functionsOf(id, one))];
}

function leaf(id: string, command: CompletedCommand): string {
  const specs = [
    ...command.options.flatMap(optionSpec),
    ...command.arguments.map((value, at) => {
      const isLast = at === command.arguments.length - 1;
      return quoted(`${isLast && command.isVariadic ? "*" : at + 1}:${argumentSpec(value)}`);
    }),
  ];
  return `${idOf(id, command)}() {
  _arguments -s -S \\
    ${specs.join(" \\\n    ")}
}`;
}

function parent(id: string, command: CompletedCommand): string {
  const names = command.commands.map(({ path, description }) =>
    quoted(`${escaped(path.at(-1)!)}:${description.replaceAll(":", "\\:")}`),
  );
  const cases = command.commands.map((one) => `    ${one.path.at(-1)}) ${idOf(id, one)} ;;`);
  const options = command.options.flatMap(optionSpec);
  return `${idOf(id, command)}() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands=(
    ${names.join("\n    ")}
  )
  _arguments -C -S \\
    ${[...options, "'1: :->command'", "'*:: :->rest'"].join(" \\\n    ")}
  case $state in
    command) _describe -t commands command commands ;;
    rest)
    case $line[1] in
${cases.join("\n")}
    esac ;;
  esac
}`;
}

/** `'(-f --format)'{-f,--format}'[what it does]:value:(pcap pcapng)'` */
function optionSpec({ flags, description, value, isRepeated }: CompletedOption): readonly string[] {
  const behind = `[${escaped(description)}]${value === undefined ? "" : `:${argumentSpec(value)}`}`;
  const others = isRepeated ? "*" : `(${flags.join(" ")})`;
  return flags.map((flag) => {
    const equals = value !== undefined && flag.startsWith("--") ? "=" : "";
    return quoted(`${others}${flag}${equals}${behind}`);
  });
}

function argumentSpec(value: Completed): string {
  if (value.kind === "words") return `value:(${value.words.map(escaped).join(" ")})`;
  if (value.kind === "files") return "file:_files";
  return value.kind === "folders" ? "folder:_files -/" : "value: ";
}
