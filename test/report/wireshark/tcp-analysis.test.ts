import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { captures } from "../../../scripts/synthetic/index.mjs";
import { openCapture } from "../../../src/capture/open.ts";
import { CaptureError } from "../../../src/files/errors.ts";
import { Columns } from "../../../src/report/wireshark/columns.ts";
import { tcpAnalysisExtra } from "../../../src/report/wireshark/tcp-analysis.ts";
import { filesBelow, realCaptures } from "../../support/corpus.ts";
import { hasTshark, tsharkCells } from "../../support/tshark.ts";
import { fileOf } from "./synthetic-file.ts";

const corpus = realCaptures("TCP analysis of real captures");
if (!hasTshark) console.log("skipped: TCP analysis as tshark has it (tshark is not installed)");

const names = ["tcp.stream", ...tcpAnalysisExtra.names];

function ours(path: string): string[][] {
  const columns = new Columns(names);
  const rows: string[][] = [];
  try {
    for (const packet of openCapture(readFileSync(path), { customBlocks: true }))
      rows.push(columns.cells(packet));
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  return rows;
}

/** Of one name: cells that either side shows, and those that differ. */
interface Agreement {
  shown: number;
  differing: number;
}

/** What tshark shows; nothing of a capture that it refuses. */
function theirs(path: string): readonly (readonly string[])[] {
  try {
    return tsharkCells(path, names).frames;
  } catch {
    return [];
  }
}

function compare(path: string, sums: Map<string, Agreement>): void {
  const frames = theirs(path);
  ours(path).forEach((row, i) => {
    const other = frames[i];
    if (other === undefined) return;
    names.forEach((name, at) => {
      const sum = sums.get(name)!;
      if (row[at] !== "" || other[at] !== "") sum.shown++;
      if (row[at] !== other[at]) sum.differing++;
    });
  });
}

const noSums = (): Map<string, Agreement> =>
  new Map(names.map((name) => [name, { shown: 0, differing: 0 }]));

const hasTcp = (path: string): boolean => {
  try {
    let n = 0;
    for (const packet of openCapture(readFileSync(path)))
      if (packet.get("tcp") !== undefined && ++n >= 4) return true;
  } catch {
    // A capture with a fault has the packets before it.
  }
  return false;
};

describe.skipIf(!hasTshark)("TCP analysis", () => {
  it("has tshark's cells in the example", () => {
    const sums = noSums();
    compare("examples/session.pcap", sums);
    expect(sums.get("tcp.time_delta")).toEqual({ shown: 17, differing: 0 });
    expect(sums.get("tcp.analysis.ack_rtt")!.shown).toBeGreaterThan(5);
    for (const [name, { differing }] of sums) expect([name, differing]).toEqual([name, 0]);
  });

  it("has tshark's cells where much goes wrong", () => {
    const folder = mkdtempSync(join(tmpdir(), "wirecraft-troubled-"));
    try {
      const path = join(folder, "troubled.pcap");
      const { file, owners } = fileOf(captures.filter((one) => one.name === "tcp-analysis"));
      writeFileSync(path, file);
      const [own, other] = [ours(path), theirs(path)];
      expect(own.length).toBeGreaterThan(70);
      expect(own.length).toBe(owners.length);
      const differing = own.flatMap((row, i) =>
        names.flatMap((name, at) =>
          row[at] === other[i]![at] ? [] : [`${i + 1} ${name}: ${row[at]} ${other[i]![at]}`],
        ),
      );
      expect(differing).toEqual([]);
      // Of all that may be said something is said.
      const silent = names.filter((_, at) => own.every((row) => row[at] === ""));
      expect(silent).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.skipIf(corpus === undefined)(
    "has nearly all of tshark's cells in real captures",
    { timeout: 600_000 },
    () => {
      const paths = filesBelow(corpus!).filter((p) => statSync(p).size < 300_000);
      const sums = noSums();
      let captures = 0;
      for (const path of paths.filter((_, i) => i % 4 === 0)) {
        if (!hasTcp(path)) continue;
        captures++;
        compare(path, sums);
      }
      console.log(`${captures} captures compared with tshark, cells that differ of those shown:`);
      for (const [name, { shown, differing }] of sums)
        console.log(`  ${name.padEnd(40)} ${differing} of ${shown}`);
      expect(captures).toBeGreaterThan(30);
      // What is left: tunnels that tshark takes for one conversation, and captures with bytes missing everywhere.
      for (const [name, { shown, differing }] of sums)
        expect([name, differing <= Math.max(3, 0.1 * shown)]).toEqual([name, true]);
    },
  );
});
