import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = fileURLToPath(new URL("./src/", import.meta.url));
const report = process.env.WIRECRAFT_TEST_REPORT;
const all = "test/**/*.test.ts";
/** Tests over real interfaces, whose packets get lost where others use the processors. */
const live = ["test/live/**/*.test.ts", "test/cli/live.test.ts"];

export default defineConfig({
  resolve: {
    // What the guide's snippets import, so that they run from the sources.
    alias: [
      { find: /^wirecraft$/, replacement: `${source}node/index.ts` },
      { find: /^wirecraft\/([\w-]+)$/, replacement: `${source}$1/index.ts` },
    ],
  },
  test: {
    testTimeout: 60_000,
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    projects: [
      {
        extends: true,
        test: {
          name: "all but live",
          include: [all],
          exclude: live,
          // Vitest would leave one processor idle, which of two is half of them.
          maxWorkers: Math.max(2, availableParallelism()),
          sequence: { groupOrder: 0 },
          typecheck: {
            enabled: true,
            include: ["test/**/*.test-d.ts"],
            tsconfig: "./tsconfig.test.json",
          },
        },
      },
      {
        extends: true,
        test: {
          name: "live",
          include: live,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
