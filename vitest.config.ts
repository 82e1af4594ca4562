import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = fileURLToPath(new URL("./src/", import.meta.url));
const report = process.env.WIRECRAFT_TEST_REPORT;

export default defineConfig({
  resolve: {
    // What the guide's snippets import, so that they run from the sources.
    alias: [
      { find: /^wirecraft$/, replacement: `${source}node/index.ts` },
      { find: /^wirecraft\/([\w-]+)$/, replacement: `${source}$1/index.ts` },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    typecheck: {
      enabled: true,
      include: ["test/**/*.test-d.ts"],
      tsconfig: "./tsconfig.test.json",
    },
    testTimeout: 60_000,
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
  },
});
