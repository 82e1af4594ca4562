// Puts what commands print into the pages that show it: the blocks of README.md, docs/guide and examples/README.md that are
// marked `console`, where a line beginning with `$ ` is a command and the lines behind it are its output. `first=12` behind the mark
// shows the first twelve lines of each output. Run `npm run build` first.
//
//   node scripts/console.mjs            runs the commands and writes the pages
//   node scripts/console.mjs --check    writes nothing; exit code 1 when a page shows something else
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv, execPath, exit, stderr, stdout } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const main = join(root, "dist/cli/main.js");

/** The pages that may show commands. */
export const pages = [
  "README.md",
  "examples/README.md",
  ...readdirSync(join(root, "docs/guide")).map((file) => `docs/guide/${file}`),
];

/** The text of a page, with what its commands print when they are run in `folder`. */
export function refreshed(text, folder = root) {
  return text.replaceAll(/^```console(?: first=(\d+))?\n([\s\S]*?)^```$/gm, (_, first, block) => {
    const commands = block.split("\n").filter((line) => line.startsWith("$ "));
    const shown = commands.map((line) =>
      [line, ...outputOf(line.slice(2), folder, first)].join("\n"),
    );
    return `\`\`\`console${first ? ` first=${first}` : ""}\n${shown.join("\n")}\n\`\`\``;
  });
}

function outputOf(command, folder, first) {
  // A reader has `wirecraft` on the path; here it is what was built.
  const own = command
    .replaceAll(/\bwirecraft (?=[a-z-])/g, `"${execPath}" "${main}" `)
    .replaceAll(/\bnode (?=examples\/)/g, `"${execPath}" `);
  const done = spawnSync("sh", ["-c", own], { cwd: folder, encoding: "utf8", input: "" });
  const text = (done.stdout + done.stderr).trimEnd();
  const lines = text === "" ? [] : text.split("\n").map((line) => line.trimEnd());
  return first && lines.length > Number(first) ? [...lines.slice(0, Number(first)), "..."] : lines;
}

function run() {
  let stale = 0;
  for (const page of pages) {
    const path = join(root, page);
    const text = readFileSync(path, "utf8");
    const wanted = refreshed(text);
    if (wanted === text) continue;
    stale++;
    if (argv.includes("--check"))
      stderr.write(`${page} does not show what its commands print: run npm run docs\n`);
    else writeFileSync(path, wanted);
  }
  stdout.write(
    `${pages.length} pages with commands, ${stale} ${argv.includes("--check") ? "out of date" : "written"}\n`,
  );
  return argv.includes("--check") && stale > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(argv[1] ?? "").href) exit(run());
