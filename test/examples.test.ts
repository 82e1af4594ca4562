import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openCapture } from "../src/node/index.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const capture = join(root, "examples/session.pcap");
const main = join(root, "dist/cli/main.js");
const folders = (process.env.PATH ?? "").split(delimiter);
const hasTshark = folders.some((folder) => existsSync(join(folder, "tshark")));
if (!hasTshark)
  process.stderr.write("skipped: the example is not compared, tshark is not installed\n");

describe("the example capture", () => {
  test("is what its script makes", () => {
    const run = spawnSync(process.execPath, ["scripts/example.mjs", "--check"], {
      cwd: root,
      encoding: "utf8",
    });
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
  });

  test("has no fault, and comes out as it went in", () => {
    let packets = 0;
    for (const packet of openCapture(capture)) {
      packets++;
      const before = packet.data.slice(packet.start, packet.end);
      expect({ number: packet.number, error: packet.error }).toEqual({
        number: packet.number,
        error: null,
      });
      expect(packet.bytes({ update: false })).toEqual(before);
      expect(packet.bytes()).toEqual(before);
    }
    expect(packets).toBe(34);
  });
});

describe.skipIf(!existsSync(main))("the main job (it wants npm run build)", () => {
  const extract = (...given: string[]): string => {
    const done = spawnSync(process.execPath, [main, "extract", capture, ...given], {
      encoding: "utf8",
    });
    expect({ status: done.status, stderr: done.stderr }).toEqual({ status: 0, stderr: "" });
    return done.stdout;
  };

  test("reports every frame of the example", () => {
    const frames = extract("--format", "ndjson").trimEnd().split("\n");
    expect(frames.length).toBe(34);
    for (const frame of frames) expect(JSON.parse(frame)).toBeTypeOf("object");
    expect(JSON.parse(extract("--format", "json"))).toBeTypeOf("object");
    expect(extract("--format", "tree")).toContain("www.example.com");
  });
});

describe("example programs", () => {
  const programs = readdirSync(join(root, "examples")).filter((file) => file.endsWith(".mjs"));

  test("are short, and each is shown on the page", () => {
    const page = readFileSync(join(root, "examples/README.md"), "utf8");
    expect(programs.length).toBeGreaterThan(2);
    for (const file of programs) {
      const lines = readFileSync(join(root, "examples", file), "utf8").split("\n").length;
      expect({ file, short: lines <= 60 }).toEqual({ file, short: true });
      expect(page).toContain(`$ node examples/${file}`);
    }
  });
});

/** Of every protocol in the capture, what people look at; those that tshark only knows from other packets are left out. */
const columns = [
  ...["frame.number", "frame.len", "frame.cap_len", "frame.time_epoch"],
  ...[
    "eth.dst",
    "eth.src",
    "eth.type",
    "eth.addr",
    "eth.padding",
    "vlan.priority",
    "vlan.id",
    "vlan.etype",
  ],
  ...["arp.opcode", "arp.hw.type", "arp.src.hw_mac", "arp.src.proto_ipv4", "arp.dst.proto_ipv4"],
  ...[
    "ip.version",
    "ip.hdr_len",
    "ip.dsfield",
    "ip.len",
    "ip.id",
    "ip.flags",
    "ip.flags.df",
    "ip.ttl",
    "ip.proto",
  ],
  ...[
    "ip.checksum",
    "ip.src",
    "ip.dst",
    "ip.addr",
    "ipv6.plen",
    "ipv6.nxt",
    "ipv6.hlim",
    "ipv6.src",
    "ipv6.dst",
  ],
  ...["icmp.type", "icmp.code", "icmp.checksum", "icmp.ident", "icmp.seq"],
  ...[
    "icmpv6.type",
    "icmpv6.code",
    "icmpv6.checksum",
    "icmpv6.nd.ns.target_address",
    "icmpv6.nd.na.flag.s",
  ],
  ...[
    "icmpv6.opt.type",
    "icmpv6.opt.linkaddr",
    "icmpv6.echo.identifier",
    "icmpv6.echo.sequence_number",
  ],
  ...[
    "tcp.srcport",
    "tcp.dstport",
    "tcp.port",
    "tcp.stream",
    "tcp.len",
    "tcp.seq",
    "tcp.ack",
    "tcp.nxtseq",
  ],
  ...[
    "tcp.seq_raw",
    "tcp.hdr_len",
    "tcp.flags",
    "tcp.flags.syn",
    "tcp.flags.str",
    "tcp.window_size",
    "tcp.checksum",
  ],
  ...[
    "tcp.option_kind",
    "tcp.options.mss_val",
    "tcp.options.wscale.shift",
    "tcp.options.timestamp.tsval",
  ],
  ...["udp.srcport", "udp.dstport", "udp.port", "udp.length", "udp.checksum", "udp.stream"],
  ...[
    "dns.id",
    "dns.flags",
    "dns.flags.response",
    "dns.count.queries",
    "dns.count.answers",
    "dns.qry.name",
  ],
  ...[
    "dns.qry.type",
    "dns.resp.name",
    "dns.resp.type",
    "dns.resp.ttl",
    "dns.cname",
    "dns.a",
    "dns.aaaa",
  ],
  ...["http.request.method", "http.request.uri"],
];

describe.skipIf(!hasTshark || !existsSync(main))(
  "beside tshark (it wants tshark, and npm run build)",
  () => {
    const names = columns.flatMap((name) => ["-e", name]);
    const cells = (program: string, ...given: string[]): string[][] => {
      const { stdout, status, stderr } = spawnSync(program, [...given, ...names], {
        encoding: "utf8",
      });
      expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
      return stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t"));
    };

    test("the same columns hold the same cells", () => {
      const ours = cells(process.execPath, main, "fields", capture);
      const theirs = cells("tshark", "-n", "-r", capture, "-T", "fields");
      expect([ours.length, theirs.length]).toEqual([34, 34]);
      const differ = theirs.flatMap((row, i) =>
        columns.flatMap((name, j) =>
          row[j] === ours[i]?.[j]
            ? []
            : [`frame ${i + 1}, ${name}: ${ours[i]?.[j]}, tshark ${row[j]}`],
        ),
      );
      expect(differ).toEqual([]);
      // Every column is in use: none agrees by being empty.
      const empty = columns.filter((_, j) => theirs.every((row) => (row[j] ?? "") === ""));
      expect(empty).toEqual([]);
    });
  },
);
