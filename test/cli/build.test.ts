import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCapture } from "../../src/node/open.ts";
import { hex } from "../support/packets.ts";
import { hasTshark, tsharkCells } from "../support/tshark.ts";

/** Another folder than `dist` may hold what was compiled. */
const main = join(process.env["WIRECRAFT_DIST"] ?? "dist", "cli/main.js");
const built = existsSync(main);
if (!built) console.log("skipped: wirecraft build (npm run build makes dist/)");
if (!hasTshark) console.log("skipped: what tshark says of built packets (it is not installed)");

const session = "examples/session.pcap";
const PING = 'ethernet / ipv4(dst=192.0.2.1, ttl=3) / icmp.echo(id=1, seq=1) / "hello"';
const PING_HEX =
  "00000000000000000000000008004500002100000000" +
  "0301f5db00000000c00002010800b42b0001000168656c6c6f";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-build-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}
function run(args: readonly string[], input: string | Uint8Array = ""): Ran {
  const done = spawnSync(process.execPath, [main, ...args], {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return { status: done.status, out: done.stdout, err: done.stderr };
}
const good = (args: readonly string[], input: string | Uint8Array = ""): string => {
  const { status, out, err } = run(args, input);
  expect({ status, err }).toEqual({ status: 0, err: "" });
  return out;
};

async function framesOf(path: string): Promise<string[]> {
  const frames: string[] = [];
  for await (const packet of openCapture(path)) frames.push(hex(packet.bytes()));
  return frames;
}

describe.skipIf(!built)("wirecraft build", () => {
  it("prints digits, a dump or text", () => {
    expect(good(["build", PING, "--hex"])).toBe(`${PING_HEX}\n`);
    expect(good(["build", PING, "-f", "hex", "-c", "2"])).toBe(`${PING_HEX}\n${PING_HEX}\n`);
    const dump = good(["build", PING]);
    expect(dump.split("\n")[0]).toBe(
      "0000  00 00 00 00 00 00 00 00 00 00 00 00 08 00 45 00   ..............E.",
    );
    expect(good(["build", PING, "-f", "text"])).toContain('\npayload: 5 bytes "hello"\n');
  });

  it("writes a capture of as many packets as are asked for", async () => {
    const path = join(folder, "ping.pcap");
    expect(good(["build", PING, "-o", path, "--count", "3"])).toBe("");
    expect(await framesOf(path)).toEqual([PING_HEX, PING_HEX, PING_HEX]);
    const again = join(folder, "again.pcap");
    good(["build", PING, "-o", again, "--count", "3"]);
    expect(readFileSync(again)).toEqual(readFileSync(path));
    expect(existsSync(`${path}.partial`)).toBe(false);
  });

  it.skipIf(!hasTshark)("makes what tshark takes for right", () => {
    const path = join(folder, "right.pcap");
    good([
      "build",
      "ethernet / ipv4(src=192.0.2.10, dst=192.0.2.1) / tcp(dstPort=80, flags=syn, options=[mss(mss=1460), nop, windowScale(shift=7)])",
      "-o",
      path,
    ]);
    const names = [
      "ip.dst",
      "ip.checksum.status",
      "tcp.flags.syn",
      "tcp.options.mss_val",
      "tcp.len",
    ];
    expect(tsharkCells(path, names).frames).toEqual([["192.0.2.1", "2", "1", "1460", "0"]]);
  });

  it("takes the link type of the lowest layer, or the one told", () => {
    const path = join(folder, "ip.pcap");
    good(["build", "ipv4 / udp", "-o", path]);
    expect(readFileSync(path).readUInt32LE(20)).toBe(228);
    good(["build", "0x0102", "-o", path, "--link-type", "147"]);
    expect(readFileSync(path).readUInt32LE(20)).toBe(147);
    const { status, err } = run(["build", "udp", "-o", path]);
    expect(status).toBe(2);
    expect(err).toBe(
      "wirecraft: no link type is known for a packet that begins with udp; --link-type <n> gives one\n",
    );
  });

  it.each([["ndjson"], ["json"]])("makes a capture of its own report as %s again", (format) => {
    const path = join(folder, `session-${format}.pcap`);
    const report = good(["extract", session, "--format", format]);
    good(["build", "-", "-o", path], report);
    expect(readFileSync(path)).toEqual(readFileSync(session));
  });

  it("writes pcapng, which may hold packets of several link types", async () => {
    const path = join(folder, "two.pcapng");
    const frames = [{ ethernet: { arp: {} } }, { ipv4: { udp: {} } }, { ethernet: {} }];
    good(["build", "-", "-o", path], JSON.stringify(frames));
    const seen: unknown[] = [];
    for await (const packet of openCapture(path))
      seen.push([packet.origin.linkType, String(packet.chain)]);
    expect(seen).toEqual([
      [1, "Ethernet:ARP"],
      [228, "IPv4:UDP"],
      [1, "Ethernet"],
    ]);
    expect(run(["build", "udp", "-o", path]).err).toContain("no link type is known");
  });

  it("takes recipes written by hand", () => {
    const frame = {
      ethernet: { ipv4: { dst: "192.0.2.1", ttl: 3, icmp: { is: "echo", id: 1, seq: 1 } } },
    };
    const echo = { ...frame.ethernet.ipv4.icmp, raw: { packet: "68656c6c6f" } };
    const withPayload = { ethernet: { ipv4: { ...frame.ethernet.ipv4, icmp: echo } } };
    expect(good(["build", "-", "--hex"], JSON.stringify(frame))).toBe(
      good(["build", PING.replace(' / "hello"', ""), "--hex"]),
    );
    expect(good(["build", "-", "--hex"], JSON.stringify([frame, frame])).split("\n")).toHaveLength(
      3,
    );
    expect(good(["build", "-", "--hex"], JSON.stringify(withPayload))).toBe(`${PING_HEX}\n`);
  });

  it.each([
    [["build"], ""],
    [["build", ""], ""],
    [["build", "ipv4(ttl=256)"], ""],
    [["build", "ipv4", "--count", "0"], ""],
    [["build", "ipv4", "--format", "xml"], ""],
    [["build", "ipv4(len=70000)"], ""],
    [["build", "-"], ""],
    [["build", "-"], "{"],
    [["build", "-"], "[]"],
    [["build", "-"], "[1]"],
    [["build", "-"], '{"nosuch":{}}'],
    [["build", "-"], '{"ipv4":{"ttl":300}}'],
    [["build", "-"], '{"ipv4":{"nosuch":"\\u001b[31m"}}'],
  ])("calls %j wrong usage", (args, input) => {
    const { status, out, err } = run(args, input);
    expect(status).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(/^wirecraft: [^\p{Cc}]+\n/u);
    if (args.length > 1) expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("points at the column", () => {
    expect(run(["build", "ethernet / ipv4(ttl=256)"]).err).toBe(
      "wirecraft: column 21: ipv4.ttl: 256 is not in 0..255\n",
    );
  });

  it("leaves nothing behind where it cannot write", () => {
    const { status, err } = run(["build", PING, "-o", join(folder, "no", "x.pcap")]);
    expect(status).toBe(1);
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("helps with an example", () => {
    const help = good(["build", "--help"]);
    expect(help).toContain("wirecraft build 'ethernet / ipv4(dst=192.0.2.1, ttl=3)");
  });
});

describe.skipIf(!built)("wirecraft show --code", () => {
  it("prints a program that builds the packets", () => {
    const text = good(["show", session, "-n", "7", "-n", "11", "--code"]);
    expect(text).toBe(`import { build, ethernet, icmp, ipv4, tcp } from "wirecraft";

const packet7 = build(
  ethernet({ dst: "02:00:5e:10:00:01", src: "02:00:5e:10:00:0a" }),
  ipv4({ id: 0x1c04, flags: { df: true }, src: "192.0.2.10", dst: "198.51.100.80" }),
  icmp.echo({ id: 11181, seq: 1 }),
  "abcdefghijklmnopqrstuvwabcdefghi",
);
const packet11 = build(
  ethernet({ dst: "02:00:5e:10:00:01", src: "02:00:5e:10:00:0a" }),
  ipv4({ id: 0x1c08, flags: { df: true }, src: "192.0.2.10", dst: "198.51.100.80" }),
  tcp({
    srcPort: 50342,
    dstPort: 80,
    seq: 2082410016,
    flags: { syn: true },
    window: 64240,
    options: [
      { is: "maximumSegmentSize", mss: 1460 },
      { is: "sackPermitted" },
      { is: "timestamps", value: 4011200 },
      { is: "noOperation" },
      { is: "windowScale", shift: 7 },
    ],
  }),
);
`);
  });

  it("gives the packets of a whole capture again", () => {
    const program = join(folder, "session.mjs");
    const code = good(["show", session, "--code"]);
    const door = resolve(process.env["WIRECRAFT_DIST"] ?? "dist", "index.js");
    const body = code.replace('"wirecraft"', JSON.stringify(door));
    const names = [...code.matchAll(/^const (packet\d+)/gm)].map((match) => match[1]);
    const prints = `for (const one of [${names.join(", ")}]) console.log(Buffer.from(one.bytes({ update: false })).toString("hex"));`;
    writeFileSync(program, `${body}\n${prints}\n`);
    const done = spawnSync(process.execPath, [program], { encoding: "utf8" });
    expect(done.stderr).toBe("");
    return framesOf(session).then((frames) => {
      expect(done.stdout.trim().split("\n")).toEqual(frames);
    });
  });
});
