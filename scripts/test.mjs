// Runs all tests from nothing but installed npm packages: other programs, the build, then Vitest.
//
//   node scripts/test.mjs            what every change must pass
//   node scripts/test.mjs --slow     also the long forms of property tests (WIRECRAFT_SLOW=1)
//
// Other arguments are passed on to Vitest.
import { spawnSync } from "node:child_process";
import { argv, env, execPath, exit } from "node:process";
import { fileURLToPath } from "node:url";
import { setup } from "./setup.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const slow = argv.includes("--slow");
const rest = argv.slice(2).filter((argument) => argument !== "--slow");

function run(script, ...given) {
  const options = {
    cwd: root,
    stdio: "inherit",
    env: slow ? { ...env, WIRECRAFT_SLOW: "1" } : env,
  };
  const { status } = spawnSync(execPath, [script, ...given], options);
  if (status !== 0) exit(status ?? 1);
}

setup();
run("scripts/build.mjs");
run("node_modules/vitest/vitest.mjs", "run", ...rest);
