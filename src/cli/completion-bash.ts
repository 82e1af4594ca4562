import { allCommands, type Completed, type CompletedCommand } from "./completion-tree.ts";

/** Text as one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const keyOf = ({ path }: CompletedCommand): string => path.join(" ");

/** What the script sets to complete a value. */
const valueLine = (value: Completed): string =>
  value.kind === "words" ? `words=${quoted(value.words.join(" "))}` : `kind=${value.kind}`;

/**
 * A script for bash 3.2 and later; it needs no further package. It finds out which command the line is in, whether an option
 * waits for its value, and what can stand there.
 */
export function bashScript(name: string, program: CompletedCommand): string {
  const commands = allCommands(program);
  const id = name.replace(/\W/g, "_");
  return `# Completion of ${name} for bash: source <(${name} completion bash)
_${id}_complete() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous= path= kind= words= at=0 i=1 part key
  # bash takes --option=value for three words.
  while (( i < COMP_CWORD )); do
    part=\${COMP_WORDS[i]}
    if [[ $part == = ]]; then
      :
    elif [[ -n $previous ]]; then
      previous=
    elif [[ $part == -?* ]]; then
      key="$path:$part"
      case $key in
        ${valued(commands)}) previous=$part ;;
      esac
    else
      # A command stands before all arguments.
      key="$path:$at:$part"
      case $key in
        ${nested(commands)}) path="\${path:+$path }$part" ;;
        *) (( at++ )) ;;
      esac
    fi
    (( i++ ))
  done
  if [[ $word == = ]]; then
    word=
  fi
  if [[ -n $previous ]]; then
    key="$path:$previous"
    case $key in
${indent(optionValues(commands))}
    esac
  elif [[ $word == -* ]]; then
    case $path in
${indent(commands.map((one) => `${quoted(keyOf(one))}) words=${quoted(flagsOf(one))} ;;`))}
    esac
  else
    case $path:$at in
${indent(commands.flatMap(argumentValues))}
    esac
  fi
  COMPREPLY=()
  if [[ -n $words ]]; then
    while IFS= read -r part; do COMPREPLY+=("$part"); done < <(compgen -W "$words" -- "$word")
  elif [[ $kind == files || $kind == folders ]]; then
    local how=-f
    [[ $kind == folders ]] && how=-d
    type compopt &> /dev/null && compopt -o filenames 2> /dev/null
    while IFS= read -r part; do COMPREPLY+=("$part"); done < <(compgen "$how" -- "$word")
  fi
}
complete -F _${id}_complete ${name}
`;
}

const indent = (lines: readonly string[]): string =>
  lines.map((line) => `      ${line}`).join("\n");

const flagsOf = ({ options }: CompletedCommand): string =>
  options.flatMap(({ flags }) => flags).join(" ");

/** Patterns of a command's path and an option that takes a value; one that nothing matches where there is none. */
function valued(commands: readonly CompletedCommand[]): string {
  const patterns = commands.flatMap((one) =>
    one.options
      .filter(({ value }) => value !== undefined)
      .flatMap(({ flags }) => flags.map((flag) => quoted(`${keyOf(one)}:${flag}`))),
  );
  return patterns.length === 0 ? "''" : patterns.join(" | ");
}

function nested(commands: readonly CompletedCommand[]): string {
  const patterns = commands.flatMap((one) =>
    one.commands.map(({ path }) => quoted(`${keyOf(one)}:0:${path.at(-1)}`)),
  );
  return patterns.length === 0 ? "''" : patterns.join(" | ");
}

const optionValues = (commands: readonly CompletedCommand[]): readonly string[] =>
  commands.flatMap((one) =>
    one.options.flatMap(({ flags, value }) => {
      if (value === undefined) return [];
      const patterns = flags.map((flag) => quoted(`${keyOf(one)}:${flag}`)).join(" | ");
      return [`${patterns}) ${valueLine(value)} ;;`];
    }),
  );

/** What may stand behind a command, by how many arguments stand there already. */
function argumentValues(command: CompletedCommand): readonly string[] {
  const key = keyOf(command);
  if (command.commands.length > 0) {
    const names = command.commands.map(({ path }) => path.at(-1)).join(" ");
    return [`${quoted(`${key}:0`)}) words=${quoted(names)} ;;`];
  }
  return command.arguments.map((value, at) => {
    const isLast = at === command.arguments.length - 1;
    const pattern = isLast && command.isVariadic ? `${quoted(`${key}:`)}*` : quoted(`${key}:${at}`);
    return `${pattern}) ${valueLine(value)} ;;`;
  });
}
