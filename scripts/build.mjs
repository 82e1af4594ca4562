// Compiles src/ into a clean dist/ and makes the command executable.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, rmSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"],
  { stdio: "inherit" },
);
if (status !== 0) process.exit(status ?? 1);
// The one file that is no TypeScript: what runs in Python.
copyFileSync("src/extract/engines/bridge.py", "dist/extract/engines/bridge.py");
if (existsSync("dist/cli/main.js")) chmodSync("dist/cli/main.js", 0o755);
