import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { StreamAnalysis } from "../../src/analysis/analysis.ts";
import { Objects } from "../../src/analysis/objects.ts";
import { CaptureError } from "../../src/files/errors.ts";
import { nodeDecoders } from "../../src/node/decoders.ts";
import { openCapture } from "../../src/node/open.ts";
import { filesBelow, realCaptures } from "../support/corpus.ts";
import { hasTshark } from "../support/tshark.ts";

const corpus = realCaptures("objects of real captures");
const folder = mkdtempSync(join(tmpdir(), "wirecraft-objects-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Captures of which tshark exports as an object what is none, or is no HTTP of TCP, each with the reason. */
const explained: Readonly<Record<string, string>> = {
  "ssh-on-port-80.pcap": "SSH: tshark takes every segment on port 80 for HTTP",
  "http-inner-transfer-encoding-ossfuzz.pcap": "bytes behind a message with a contradicting length",
  "http_09.pcap": "answers that are pieces of no message",
  "mpls-in-vlan.pcap": "a segment from the middle of a stream whose header was not captured",
  "gtp9_unknown_or_too_short_payload.pcap": "segments from the middle of streams",
  "socks.pcap": "HTTP within SOCKS, which is not read here",
  "connect-with-smtp.pcap": "SMTP within a tunnel that CONNECT made",
  "AH-IPcomp-IPv6.pcap": "HTTP within compressed IP",
};

const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

/** Whether there may be HTTP in a capture: most have none, and starting tshark for them takes longest. */
function mayHoldHttp(path: string): boolean {
  const bytes = readFileSync(path);
  const isCompressed = bytes[0] === 0x1f || bytes[0] === 0x28;
  return isCompressed || ["HTTP", "GET ", "POST"].some((word) => bytes.includes(word));
}

/** What tshark exports. */
function theirs(path: string): string[] {
  const out = join(folder, "tshark");
  rmSync(out, { recursive: true, force: true });
  const args = ["-n", "-q", "-r", path, "--export-objects", `http,${out}`];
  spawnSync("tshark", args, { stdio: "ignore", env: { ...process.env, HOME: folder } });
  return existsSync(out) ? readdirSync(out).map((name) => md5(readFileSync(join(out, name)))) : [];
}

/** What is found here, with whether it was whole. */
async function ours(path: string): Promise<{ md5: string; isWhole: boolean }[]> {
  const found: { md5: string; isWhole: boolean }[] = [];
  const objects = new Objects({
    protocols: new Set(["http"]),
    decoders: nodeDecoders,
    onObject: () => {
      const sum = createHash("md5");
      return {
        write: (bytes) => void sum.update(bytes),
        end: ({ complete }) => void found.push({ md5: sum.digest("hex"), isWhole: complete }),
      };
    },
  });
  const analysis = new StreamAnalysis({ onEvent: (event) => objects.take(event) });
  try {
    for await (const packet of openCapture(path)) analysis.add(packet);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  analysis.flush();
  return found;
}

describe.skipIf(corpus === undefined || !hasTshark)("objects of HTTP in real captures", () => {
  it("are those that tshark exports, byte for byte", { timeout: 900_000 }, async () => {
    let [all, equal, left] = [0, 0, 0];
    const different: string[] = [];
    for (const path of filesBelow(corpus!).filter(mayHoldHttp)) {
      const known = theirs(path);
      const found = await ours(path);
      if (known.length + found.length === 0) continue;
      const name = relative(corpus!, path);
      if (Object.hasOwn(explained, name.split("/").at(-1)!)) {
        left += known.length;
        continue;
      }
      const rest = found.map((one) => one.md5);
      const missing = known.filter((one) => {
        const at = rest.indexOf(one);
        if (at >= 0) rest.splice(at, 1);
        return at < 0;
      });
      // What is not whole tshark does not export.
      const extra = found.filter((one) => one.isWhole && rest.includes(one.md5));
      all += known.length;
      equal += known.length - missing.length;
      if (missing.length + extra.length > 0)
        different.push(`${name}: ${missing.length} missing, ${extra.length} more`);
    }
    console.log(
      `objects of HTTP: ${equal} of ${all} equal tshark's; ${left} left out with reasons`,
    );
    for (const one of different) console.log(`  ${one}`);
    expect(all).toBeGreaterThan(80);
    expect(equal / all).toBeGreaterThanOrEqual(0.98);
    expect(different.length).toBeLessThanOrEqual(3);
  });
});
