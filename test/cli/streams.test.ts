import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { follow } from "../../src/cli/follow.ts";
import { objects } from "../../src/cli/objects.ts";
import { reassemble } from "../../src/cli/reassemble.ts";
import { UsageError } from "../../src/cli/run.ts";
import { openCapture } from "../../src/node/open.ts";
import { build } from "../../src/packet/index.ts";
import { ethernet, ipv4, tcp, udp } from "../../src/protocols/index.ts";
import { captureOf } from "../packet/random-captures.ts";
import { hasTshark } from "../support/tshark.ts";

const capture = "examples/session.pcap";
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-streams-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a command writes to its output. */
async function written(
  command: (path: string, options: { output: string }) => Promise<void>,
  path: string,
  options: object,
): Promise<string> {
  const output = join(folder, "written");
  await command(path, { output, ...options });
  return readFileSync(output, "latin1");
}

const encoder = new TextEncoder();
const link = ethernet({ src: "02:00:00:00:00:01", dst: "02:00:00:00:00:02" });

/** One side of an HTTP conversation on port 80, as segments. */
function conversation(
  response: Uint8Array,
  request = "GET /%2e%2e/a:b*.txt HTTP/1.1\r\nHost: x\r\n\r\n",
) {
  const there = (seq: number, ack: number, bytes: Uint8Array, flags: object = { ack: true }) =>
    build(
      link,
      ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }),
      tcp({ srcPort: 4000, dstPort: 80, seq, ack, flags }),
      bytes,
    );
  const back = (seq: number, ack: number, bytes: Uint8Array, flags: object = { ack: true }) =>
    build(
      link,
      ipv4({ src: "192.0.2.2", dst: "192.0.2.1" }),
      tcp({ srcPort: 80, dstPort: 4000, seq, ack, flags }),
      bytes,
    );
  const none = new Uint8Array(0);
  const asked = encoder.encode(request);
  return [
    there(9, 0, none, { syn: true }),
    back(99, 10, none, { syn: true, ack: true }),
    there(10, 100, asked),
    back(100, 10 + asked.length, response),
    back(100 + response.length, 10 + asked.length, none, { fin: true, ack: true }),
    there(10 + asked.length, 101 + response.length, none, { fin: true, ack: true }),
  ];
}

function fileOf(packets: readonly { bytes(): Uint8Array }[]): string {
  const path = join(folder, "made.pcap");
  writeFileSync(
    path,
    captureOf(
      1,
      packets.map((packet) => packet.bytes()),
    ),
  );
  return path;
}

describe("wirecraft follow", () => {
  it.skipIf(!hasTshark).each(["ascii", "hex", "raw"])("prints %s as tshark does", async (as) => {
    for (const stream of ["0", "1"]) {
      const args = ["-q", "-r", capture, "-z", `follow,tcp,${as},${stream}`];
      const theirs = spawnSync("tshark", args, { encoding: "latin1" }).stdout;
      expect(await written(follow, capture, { as, stream })).toBe(theirs);
    }
    const args = ["-q", "-r", capture, "-z", `follow,udp,${as},0`];
    const theirs = spawnSync("tshark", args, { encoding: "latin1" }).stdout;
    expect(await written(follow, capture, { as, stream: "0", protocol: "udp" })).toBe(theirs);
  });

  it.skipIf(!hasTshark)("names bytes that are missing, as tshark does", async () => {
    const [a, b, c, d, e, f] = conversation(encoder.encode("one-two-three"));
    const middle = d!.segment({ size: 5 });
    const path = fileOf([a!, b!, c!, middle[0]!, middle[2]!, e!, f!]);
    for (const as of ["ascii", "hex", "raw"]) {
      const args = ["-q", "-r", path, "-z", `follow,tcp,${as},0`];
      const theirs = spawnSync("tshark", args, { encoding: "latin1" }).stdout;
      expect(theirs).toMatch(as === "ascii" ? /5 bytes missing in capture file/ : /./);
      expect(await written(follow, path, { as, stream: "0" })).toBe(theirs);
    }
    const [line] = (await written(follow, path, { as: "json" })).split("\n");
    const { pieces } = JSON.parse(line!);
    expect(pieces.filter((one: { gap?: number }) => one.gap !== undefined)).toMatchObject([
      { node: 1, gap: 5 },
    ]);
  });

  it("shows messages of HTTP with their content decoded", async () => {
    const { gzipSync } = await import("node:zlib");
    const content = gzipSync("decoded");
    const head = encoder.encode(
      `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${content.length}\r\n\r\n`,
    );
    const path = fileOf(conversation(Uint8Array.from([...head, ...content])));
    const text = await written(follow, path, { protocol: "http" });
    expect(text).toContain("GET /%2e%2e/a:b*.txt HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(text).toContain("\t7\ndecoded\n");
  });

  it("says what is wrong", async () => {
    await expect(follow(capture, { as: "ebcdic" })).rejects.toThrow(UsageError);
    await expect(follow(capture, { protocol: "ip" })).rejects.toThrow(
      /--protocol: 'ip' is none of/,
    );
    await expect(follow(capture, { stream: "99", output: join(folder, "none") })).rejects.toThrow(
      "nothing of tcp in stream 99 of examples/session.pcap",
    );
  });
});

describe("wirecraft reassemble", () => {
  it("writes datagrams as text, as JSON and as packets", async () => {
    const whole = build(
      link,
      ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }),
      udp({ srcPort: 1, dstPort: 9 }),
      "x".repeat(100),
    );
    const parts = whole.fragment({ size: 60 });
    const path = fileOf([...parts, parts[0]!]);
    expect(await written(reassemble, path, {})).toBe(
      "192.0.2.1 -> 192.0.2.2 id 0x0 protocol 17  108 bytes  IPv4:UDP  frames 1,2,3\n",
    );
    const json = JSON.parse(await written(reassemble, path, { format: "json" }));
    expect(json).toMatchObject({ completed: true, index: [1, 2, 3], protocols: "IPv4:UDP" });
    expect(json.payload).toContain("78".repeat(100));
    const pcap = join(folder, "whole.pcap");
    await reassemble(path, { format: "pcap", output: pcap });
    const [made] = openCapture(readFileSync(pcap));
    expect(made?.get(udp)?.len).toBe(108);
  });

  it("shows what is missing", async () => {
    const whole = build(
      link,
      ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }),
      udp({ srcPort: 1, dstPort: 9 }),
      "x".repeat(100),
    );
    const parts = whole.fragment({ size: 60 });
    const path = fileOf([parts[0]!, parts.at(-1)!]);
    expect(await written(reassemble, path, {})).toBe("");
    expect(await written(reassemble, path, { incomplete: true })).toMatch(
      /incomplete \(flushed\), missing 40-80 {2}frames 1,2/,
    );
  });

  it("gives streams", async () => {
    const text = await written(reassemble, capture, { protocol: "tcp", incomplete: true });
    expect(text.split("\n")[0]).toBe(
      "0  192.0.2.10:50342 79 bytes (fin)  198.51.100.80:80 1664 bytes (fin)",
    );
    const [one] = (await written(reassemble, capture, { protocol: "tcp", format: "json" })).split(
      "\n",
    );
    const { completed, client } = JSON.parse(one!);
    expect([completed, client.size, client.payload[0].offset]).toEqual([true, 79, 0]);
    await expect(reassemble(capture, { protocol: "tcp", format: "pcap" })).rejects.toThrow(
      UsageError,
    );
  });
});

describe("wirecraft objects", () => {
  it("writes files under safe names, with a manifest", async () => {
    const response = encoder.encode(
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello",
    );
    const path = fileOf([
      ...conversation(response),
      ...conversation(response).map((p) => p.copy()),
    ]);
    const output = join(folder, "objects");
    await objects(path, { output });
    const { objects: found } = JSON.parse(readFileSync(join(output, "manifest.json"), "utf8"));
    expect(found[0]).toMatchObject({
      ...{ file: "a_b_.txt", protocol: "http", stream: 0, mediaType: "text/plain", size: 5 },
      ...{ complete: true, source: "http://x/%2e%2e/a:b*.txt", name: "a:b*.txt" },
      md5: createHash("md5").update("hello").digest("hex"),
    });
    expect(readFileSync(join(output, found[0].file), "utf8")).toBe("hello");
    expect(readdirSync(output).every((name) => /^[\w.-]+$/.test(name))).toBe(true);
    expect(existsSync(join(folder, "a:b*.txt"))).toBe(false);
  });

  it("makes the folder with those above it, and says when that cannot be", async () => {
    const output = join(folder, "a", "b", "c");
    await objects(capture, { output });
    expect(readdirSync(output).sort()).toEqual(["index.html", "manifest.json"]);
    const below = join(output, "index.html", "d");
    await expect(objects(capture, { output: below })).rejects.toThrow(
      /what should be a folder is none/,
    );
    await expect(objects(capture, { output: "/proc/none/such" })).rejects.toThrow(
      /there is no such folder/,
    );
  });

  it("wants a folder or --list", async () => {
    await expect(objects(capture, {})).rejects.toThrow(UsageError);
  });
});
