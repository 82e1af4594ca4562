import { join } from "node:path";
import { makeFolder } from "../../node/make-folder.ts";
import { openOutput } from "../../node/output.ts";
import type { ReportFolder } from "../output.ts";

/**
 * A folder for a report with a file for each block; made where there is none. Each file is written as `NAME.partial` and
 * renamed when it is whole.
 *
 * @throws OutputError where it cannot be made.
 */
export function reportFolder(path: string): ReportFolder {
  makeFolder(path);
  return {
    name: path,
    save(name, content) {
      const output = openOutput(join(path, name));
      try {
        output.write(content);
        output.finish();
      } catch (error) {
        output.abandon();
        throw error;
      }
    },
  };
}
