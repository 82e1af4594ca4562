import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flows } from "../../src/cli/flows.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-flows-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const capture = "examples/session.pcap";

/** What the command writes, as a file. */
async function written(format: string, options: object = {}): Promise<string> {
  const output = join(folder, `flows.${format}`);
  await flows(capture, { format, output, ...options });
  return readFileSync(output, "utf8");
}

describe("wirecraft flows", () => {
  it("gives a line a flow", async () => {
    const lines = (await written("text")).trimEnd().split("\n");
    expect(lines.length).toBe(11);
    expect(lines[3]).toContain("tcp     192.0.2.10:50342         -> 198.51.100.80:80");
    expect(lines[3]).toContain("6/5 packets      483/2002 bytes SF     HTTP");
  });

  it("gives JSON", async () => {
    const all = JSON.parse(await written("json"));
    expect(all.length).toBe(11);
    expect(all[3]).toMatchObject({
      ...{ protocol: "tcp", src: "192.0.2.10", srcPort: 50342, dst: "198.51.100.80", dstPort: 80 },
      ...{ service: "http", state: "SF", history: "ShADadFf", reason: "flushed" },
      originator: { packets: 6, bytes: 483, payload: 79 },
      responder: { packets: 5, bytes: 2002, payload: 1664 },
    });
    expect(all[9]).toMatchObject({ protocol: "icmp", type: 3, code: 1 });
    expect(all[9]).not.toHaveProperty("service");
    expect(JSON.parse(await written("json", { count: "0" }))).toEqual([]);
  });

  it("gives a conn.log as Zeek writes it", async () => {
    const lines = (await written("zeek")).trimEnd().split("\n");
    const [fields, types] = lines.slice(6, 8).map((line) => line.split("\t"));
    expect(lines[0]).toBe("#separator \\x09");
    expect([fields![0], types![0], lines.at(-1)]).toEqual([
      "#fields",
      "#types",
      "#close\t2026-03-02-07-30-02",
    ]);
    const rows = lines.slice(8, -1).map((line) => line.split("\t"));
    expect(rows.map((row) => row.length + 1)).toEqual(rows.map(() => fields!.length));
    const at = (row: string[], name: string) => row[fields!.indexOf(name) - 1];
    expect(rows.map((row) => at(row, "conn_state")).join(" ")).toBe(
      "SF SF OTH SF OTH OTH OTH S1 S0 OTH S0",
    );
    expect(at(rows[3]!, "ts")).toBe("1772436602.038193");
    expect(at(rows[8]!, "duration")).toBe("-");
    expect(new Set(rows.map((row) => at(row, "uid"))).size).toBe(rows.length);
  });

  it("gives flow records as Suricata writes them", async () => {
    const records = (await written("eve"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(records.length).toBe(11);
    expect(records[3]).toMatchObject({
      ...{
        event_type: "flow",
        src_ip: "192.0.2.10",
        dest_port: 80,
        proto: "TCP",
        app_proto: "http",
      },
      flow: { pkts_toserver: 6, pkts_toclient: 5, bytes_toclient: 2002, state: "closed" },
      tcp: { tcp_flags: "1b", syn: true, fin: true, state: "closed" },
      community_id: "1:TvT/td3H72jMElBqxU/5pKCr+Ns=",
    });
    expect(records[4]).toMatchObject({ proto: "IPv6-ICMP", icmp_type: 135 });
  });

  it("gives a table", async () => {
    const rows = (await written("csv", { tags: true })).trimEnd().split("\r\n");
    const cells = rows.map((row) => row.split(","));
    expect(rows.length).toBe(12);
    expect(new Set(cells.map((row) => row.length))).toEqual(new Set([20]));
    expect(cells[11]![cells[0]!.indexOf("tags")]).toBe("10");
  });

  it("writes the same again, and other Community IDs with another seed", async () => {
    expect(await written("zeek")).toBe(await written("zeek"));
    expect(await written("csv", { seed: "1" })).not.toBe(await written("csv"));
  });

  it("gives the flows before a fault of the input, and then the fault", async () => {
    const path = join(folder, "cut.pcap");
    writeFileSync(path, readFileSync(capture).subarray(0, 700));
    const output = join(folder, "cut.json");
    await expect(flows(path, { format: "json", output })).rejects.toThrow("offset 620");
    expect(JSON.parse(readFileSync(output, "utf8")).length).toBe(2);
  });

  it("refuses wrong usage before it writes", async () => {
    const output = join(folder, "none");
    await expect(flows(capture, { format: "xml", output })).rejects.toThrow("none of text, json");
    await expect(flows(capture, { seed: "70000", output })).rejects.toThrow("65535");
    await expect(flows(capture, { limit: "0", output })).rejects.toThrow("--limit");
    const trace = { trace: join(folder, "trace"), traceFormat: "docx" };
    await expect(flows(capture, { ...trace, output })).rejects.toThrow("--trace-format: 'docx'");
    for (const path of [output, `${output}.partial`, trace.trace])
      expect(existsSync(path)).toBe(false);
  });
});
