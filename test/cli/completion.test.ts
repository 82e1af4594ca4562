import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Argument, Command, Option } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bashScript } from "../../src/cli/completion-bash.ts";
import { fishScript } from "../../src/cli/completion-fish.ts";
import { describeCommand } from "../../src/cli/completion-tree.ts";
import { zshScript } from "../../src/cli/completion-zsh.ts";

const main = resolve("dist/cli/main.js");
const built = existsSync(main);
if (!built) console.log("skipped: the command line (npm run build makes dist/)");
const has = (shell: string): boolean => {
  const found = spawnSync(shell, ["--version"]).status === 0;
  if (!found) console.log(`skipped: completion in ${shell}, which is not installed`);
  return found;
};
const installed = { bash: has("bash"), zsh: has("zsh"), fish: has("fish") };

/** A program with everything that a script has to deal with. */
function program(): Command {
  const made = new Command("my-tool").description("it's a tool").version("1.0", "-V, --version");
  made
    .command("make <file> [files...]")
    .description('makes: `things\' [of "all" kinds] at $5 \\ %')
    .addOption(new Option("-f, --format <format>", "how: [it's] \\ $x").choices(["pcap", "pcapng"]))
    .option("-o, --output <folder>", "where")
    .option("-n, --number <n>", "how many")
    .option("-q", "quiet")
    .option("--long", "of one name")
    .addOption(new Option("--secret", "not shown").hideHelp());
  made.command("mask").description("hides");
  const group = made.command("group").description("more of them");
  group
    .command("inner")
    .description("below")
    .addArgument(new Argument("<first>").choices(["one", "two"]))
    .addArgument(new Argument("<folder>"))
    .option("--inside", "only here");
  group.command("outer").description("below, too");
  return made;
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-completion-"));
  for (const name of ["a file.pcap", "another.txt"]) writeFileSync(join(folder, name), "");
  mkdirSync(join(folder, "a folder"));
  const tree = describeCommand(program());
  writeFileSync(join(folder, "script.bash"), bashScript("my-tool", tree));
  writeFileSync(join(folder, "script.zsh"), zshScript("my-tool", tree));
  writeFileSync(join(folder, "script.fish"), fishScript("my-tool", tree));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function shell(name: string, ...args: string[]): string {
  const env = { ...process.env, HOME: folder, LC_ALL: "C.UTF-8", TERM: "xterm" };
  const done = spawnSync(name, args, { cwd: folder, encoding: "utf8", env, timeout: 30_000 });
  if (done.status !== 0) throw new Error(`${name}: ${done.status} ${done.stderr}`);
  return done.stdout;
}

/** What bash offers for the last of these words. */
function inBash(...words: string[]): string[] {
  const text = `source script.bash
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
$(complete -p my-tool | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
((\${#COMPREPLY[@]})) && printf '%s\\n' "\${COMPREPLY[@]}"
true`;
  return shell("bash", "--norc", "-c", text, "bash", ...words)
    .split("\n")
    .filter(Boolean)
    .sort();
}

/** What fish offers at the end of a line. */
const inFish = (line: string): string[] =>
  shell("fish", "--no-config", "-c", `source script.fish; complete -C '${line}'`)
    .split("\n")
    .filter(Boolean)
    .map((one) => one.split("\t")[0]!)
    .sort();

/** The line after zsh has put in all that it offers at its end. */
function inZsh(line: string): string {
  const inner = [
    "PS1= PS2=",
    "stty -echo",
    "autoload -U compinit; compinit -u -D",
    "source script.zsh",
    "all() { _main_complete; compstate[insert]=all; compstate[list]= }",
    "zle -C all complete-word all; bindkey '^I' all",
    'show() { print -r -- "<<$BUFFER>>"; exit }; zle -N show; bindkey "^X" show',
    "print ready",
  ].join("; ");
  const outer = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "$1"
zpty -r z out '*ready*'
zpty -w -n z "$2"$'\\t\\x18'
zpty -r z out '*<<*>>*'
out=\${out##*<<}
print -r -- "\${out%%>>*}"`;
  return shell("zsh", "-f", "-c", outer, "zsh", inner, line).trim();
}

describe.skipIf(!installed.bash)("in bash", () => {
  it("is a script without faults, which completes the program", () => {
    expect(shell("bash", "-n", "script.bash")).toBe("");
    expect(shell("bash", "--norc", "-c", "source script.bash; complete -p my-tool")).toMatch(
      /^complete -F \w+ my-tool\n$/,
    );
  });

  it.each([
    [[""], ["group", "help", "make", "mask"]],
    [["ma"], ["make", "mask"]],
    [["--v"], ["--version"]],
    [
      ["make", "-"],
      ["--format", "--help", "--long", "--number", "--output", "-f", "-h", "-n", "-o", "-q"],
    ],
    [["make", "--fo"], ["--format"]],
    [
      ["make", "--format", ""],
      ["pcap", "pcapng"],
    ],
    [["make", "-f", "pcapn"], ["pcapng"]],
    [["make", "--format", "=", "pcapn"], ["pcapng"]],
    [
      ["make", "--format", "="],
      ["pcap", "pcapng"],
    ],
    [["make", "--number", ""], []],
    [
      ["make", "-n", "5", "a"],
      ["a file.pcap", "a folder", "another.txt"],
    ],
    [["make", "-q", "x", "y", "z", "ano"], ["another.txt"]],
    [["make", "-o", "a"], ["a folder"]],
    [["mask", ""], []],
    [
      ["group", ""],
      ["help", "inner", "outer"],
    ],
    [
      ["group", "inner", "-"],
      ["--help", "--inside", "-h"],
    ],
    [
      ["group", "inner", ""],
      ["one", "two"],
    ],
    [["group", "inner", "one", "a"], ["a folder"]],
    [["group", "inner", "one", "two", "a"], []],
    [
      ["help", "ma"],
      ["make", "mask"],
    ],
    [
      ["group", "help", ""],
      ["inner", "outer"],
    ],
    [["nonsense", "make", "--fo"], []],
  ])("%j", (words, expected) => {
    expect(inBash("my-tool", ...words)).toEqual(expected);
  });
});

describe.skipIf(!installed.fish)("in fish", () => {
  it("is a script without faults", () => {
    expect(shell("fish", "--no-config", "-n", "script.fish")).toBe("");
  });

  it.each([
    ["my-tool ma", ["make", "mask"]],
    ["my-tool --v", ["--version"]],
    ["my-tool make --fo", ["--format"]],
    ["my-tool make --secr", []],
    ["my-tool make --format ", ["pcap", "pcapng"]],
    ["my-tool make --format=pcapn", ["--format=pcapng"]],
    ["my-tool make -n ", []],
    ["my-tool make ano", ["another.txt"]],
    ["my-tool make -o a", ["a folder/"]],
    ["my-tool mask ", []],
    ["my-tool group ", ["help", "inner", "outer"]],
    ["my-tool group inner --in", ["--inside"]],
    ["my-tool group inner ", ["one", "two"]],
    ["my-tool help ma", ["make", "mask"]],
  ])("%s", (line, expected) => {
    expect(inFish(line)).toEqual(expected);
  });
});

describe.skipIf(!installed.zsh)("in zsh", () => {
  it("is a script without faults", () => {
    expect(shell("zsh", "-f", "-n", "script.zsh")).toBe("");
  });

  it.each([
    ["my-tool ma", "my-tool make mask"],
    ["my-tool --v", "my-tool --version"],
    ["my-tool make --fo", "my-tool make --format="],
    ["my-tool make --secr", "my-tool make --secr"],
    ["my-tool make -f ", "my-tool make -f pcap pcapng"],
    ["my-tool make --format=pcapn", "my-tool make --format=pcapng"],
    ["my-tool make ano", "my-tool make another.txt"],
    ["my-tool make x y ano", "my-tool make x y another.txt"],
    ["my-tool make -o a", "my-tool make -o a\\ folder/"],
    ["my-tool group inn", "my-tool group inner"],
    ["my-tool group inner --in", "my-tool group inner --inside"],
    ["my-tool group inner ", "my-tool group inner one two"],
    ["my-tool help ma", "my-tool help make mask"],
  ])("%s", (line, expected) => {
    expect(inZsh(line)).toBe(expected);
  });
});

describe.skipIf(!built)("wirecraft completion", () => {
  const script = (name: string): string =>
    spawnSync(process.execPath, [main, "completion", name], { encoding: "utf8" }).stdout;

  it.each(["bash", "zsh", "fish"] as const)("is right %s", (name) => {
    if (!installed[name]) return;
    writeFileSync(join(folder, `own.${name}`), script(name));
    expect(
      shell(
        name,
        ...(name === "bash" ? [] : [name === "fish" ? "--no-config" : "-f"]),
        "-n",
        `own.${name}`,
      ),
    ).toBe("");
  });

  it("has every command and option that the help has", () => {
    const text = script("bash");
    const help = (...args: string[]): string =>
      spawnSync(process.execPath, [main, ...args, "--help"], { encoding: "utf8" }).stdout;
    const names = [...help().matchAll(/^ {2}([a-z]+) .*? {2,}/gm)].map(([, name]) => name!);
    expect(names).toContain("convert");
    expect(
      names.filter((name) => !text.includes(`' ${name}'`) && !text.includes(`'${name}')`)),
    ).toEqual([]);
    for (const flag of help("convert").matchAll(/(--[a-z-]+)/g))
      if (flag[1] !== "--") expect(text).toContain(flag[1]);
  });

  it("is for the shells that it knows", () => {
    for (const args of [["completion"], ["completion", "tcsh"], ["completion", "toString"]]) {
      const { status, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
      expect(status).toBe(2);
      expect(stderr).toMatch(/^wirecraft: /);
    }
  });

  it("takes no time to speak of to be looked up: it runs nothing when it completes", () => {
    // A shell that started node for each key would feel slow.
    for (const name of ["bash", "zsh", "fish"]) expect(script(name)).not.toMatch(/\bnode\b/);
  });
});
