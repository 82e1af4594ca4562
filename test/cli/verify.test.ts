import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatHex } from "../../src/bytes/hex.ts";
import { openCapture } from "../../src/capture/open.ts";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import { build } from "../../src/packet/build.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { hasTshark } from "../support/tshark.ts";

const main = join(process.env["WIRECRAFT_DIST"] ?? "dist", "cli/main.js");
const built = existsSync(main);
if (!built) console.log("skipped: wirecraft verify (npm run build makes dist/)");
if (!hasTshark) console.log("skipped: wirecraft verify, tshark is not installed");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-verify-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: readonly string[], input?: Uint8Array, env: Record<string, string> = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "verify", ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    ...(input === undefined ? {} : { input }),
  });
  return { status, out: stdout, err: stderr };
};

const file = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

/** A segment, and other packets behind it. */
function capture(...others: Uint8Array[]): Uint8Array {
  const writer = new PcapWriter();
  const segment = build(ethernet(), ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }), tcp({ seq: 7 }));
  for (const [i, bytes] of [segment.bytes(), ...others].entries())
    writer.write(bytes, 0, bytes.length, bytes.length, i, 0);
  return writer.take();
}
const datagram = build(
  ethernet(),
  ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }),
  udp({ srcPort: 53, dstPort: 7000 }),
  "hello",
).bytes();

describe.skipIf(!built || !hasTshark)("wirecraft verify", () => {
  it("says that engines agree, with exit code 0", () => {
    const { status, out, err } = run([file("good.pcap", capture())]);
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toMatch(/^native and tshark: 1 frames\n\nprefix +captures +cells/);
    expect(out).toMatch(/^tcp +1 .* 0 +0 +0 +100\.0% +100\.0%$/m);
    expect(out).toMatch(/^all .* 100\.0%$/m);
    expect(out).toMatch(/^frame\.protocols: 100\.0% \(1 of 1 frames\)$/m);
    expect(out).not.toContain("differ most");
  });

  it("reads standard input, compressed or not, and several captures", () => {
    const other = file("second.pcap.gz", gzipSync(capture(datagram)));
    const { status, out } = run(["-", other, "--json", "--only", "tcp"], capture());
    const found = JSON.parse(out);
    expect(status).toBe(0);
    expect(found).toMatchObject({ engines: ["native", "tshark"], frames: 3 });
    expect(Object.keys(found.prefixes)).toEqual(["tcp"]);
    expect(found.prefixes.tcp.captures).toBe(2);
    expect(found.totals).toMatchObject({ coverage: 1, agreement: 1, different: 0 });
  });

  it("prints what the guide shows", () => {
    const page = readFileSync("docs/guide/verify.md", "utf8");
    const [, shown] = /^```text\n\$ wirecraft verify examples\/session\.pcap\n([^`]*)^```$/m.exec(
      page,
    )!;
    expect(run(["examples/session.pcap"]).out).toBe(shown);
  });

  it("stops where it is told to", () => {
    const { out } = run([file("count.pcap", capture(datagram, datagram)), "-c", "2", "--json"]);
    expect(JSON.parse(out).frames).toBe(2);
  });

  it("compares what was before a fault of the capture, and tells of it", () => {
    const cut = capture(datagram).subarray(0, -3);
    const { status, out, err } = run([file("cut.pcap", cut)]);
    expect(out).toContain("native and tshark: 1 frames");
    expect(err).toMatch(/^wirecraft: .*cut\.pcap: .*\n$/);
    expect(status).toBe(1);
  });

  it.each([
    [["--engines", "native"], /two or more/],
    [["--engines", "native,native"], /two or more different/],
    [["--engines", "native,ethereal"], /'ethereal' is not known; there are native, tshark/],
    [["--tolerance", "half"], /--tolerance: a percentage/],
    [["--tolerance", "101"], /--tolerance: a percentage/],
    [["--tolerance", ""], /--tolerance: a percentage/],
    [["--worst", "-1"], /--worst/],
    [["-c", "0"], /--count/],
    [["-o", "-"], /--output/],
  ])("refuses %s", (args, words) => {
    const { status, out, err } = run([file("usage.pcap", capture()), ...args]);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toMatch(words);
  });

  it("says what brings an engine that is missing, with exit code 2", () => {
    const { status, out, err } = run([file("missing.pcap", capture())], undefined, {
      PATH: folder,
    });
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toBe(
      "wirecraft: tshark: the program tshark is not installed: apt install tshark\n",
    );
  });

  it("says that a capture is missing", () => {
    const { status, err } = run([join(folder, "none.pcap")]);
    expect(status).toBe(1);
    expect(err).toMatch(/^wirecraft: .*none\.pcap/);
  });
});

describe.skipIf(!built || !hasTshark)("a difference that wirecraft verify finds", () => {
  // Of the preferences of tshark one is set so that it says something else than it does by itself.
  const preferences = (): Record<string, string> => {
    writeFileSync(join(folder, "preferences"), "tcp.relative_sequence_numbers: FALSE\n");
    return { WIRESHARK_CONFIG_DIR: folder };
  };

  it("is told with an example, exit code 1, and a frame that shows it", () => {
    const path = file("differs.pcap", capture(datagram));
    const frame = join(folder, "frame.pcap");
    const { status, out, err } = run([path, "--json", "-o", frame], undefined, preferences());
    expect({ status, err }).toEqual({ status: 1, err: "" });
    const { smallest, totals, worst } = JSON.parse(out);
    expect(totals.agreement).toBeLessThan(1);
    expect(worst[0].example).toMatchObject({ capture: path, frame: 1 });
    expect(smallest).toMatchObject({ isAlone: true, linkType: 1, capture: path });
    const [only] = openCapture(readFileSync(frame));
    expect(formatHex(only!.bytes())).toBe(smallest.bytes);
    const again = run([frame, "--json"], undefined, preferences());
    expect(JSON.parse(again.out).worst.length).toBeGreaterThan(0);
  });

  it("may be within the tolerance", () => {
    const path = file("tolerated.pcap", capture(datagram));
    expect(run([path, "--tolerance", "50"], undefined, preferences()).status).toBe(0);
  });

  it("can be built again from what is printed", () => {
    const path = file("printed.pcap", capture(datagram));
    const { out } = run([path, "--worst", "1"], undefined, preferences());
    expect(out.match(/ times, first in frame /g)).toHaveLength(1);
    const [, line] = /^ {2}wirecraft (build .*) -o frame\.pcap$/m.exec(out)!;
    const made = join(folder, "made.pcap");
    const done = spawnSync(process.execPath, [main, ...line!.split(" "), "-o", made]);
    expect(done.status).toBe(0);
    const again = run([made], undefined, preferences());
    expect(again.status).toBe(1);
  });
});
