import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { followTcpStream } from "../../src/extract/follow.ts";

const text = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

describe("followTcpStream", () => {
  it("gives the packets of each connection, and what was said in order", async () => {
    const all = await followTcpStream(openCapture(readFileSync("examples/session.pcap")));
    expect(all.map(({ label, filename, packets }) => [label, filename, packets.length])).toEqual([
      ["192.0.2.10_50342-198.51.100.80_80-1772436602.038193", null, 11],
      ["2001.db8.0.1..a_50344-2001.db8.0.80..80_80-1772436602.392052", null, 6],
    ]);
    const [{ conversations, packets }] = all as [(typeof all)[0]];
    expect(conversations.map(({ from, bytes }) => [from, bytes.length])).toEqual([
      ["first", 79],
      ["other", 1448],
      ["other", 216],
    ]);
    expect(text(conversations[0]!.bytes)).toMatch(/^GET /);
    expect(text(conversations[1]!.bytes)).toMatch(/^HTTP\/1.1 200/);
    for (const { packet } of conversations) expect(packets).toContain(packet);
  });

  it("writes the packets of each connection where it is told to", async () => {
    const written = new Map<string, Uint8Array[]>();
    const folder = {
      append(name: string, bytes: Uint8Array): string {
        written.set(name, [...(written.get(name) ?? []), bytes]);
        return `kept/${name}`;
      },
      finish: () => undefined,
    };
    const packets = openCapture(readFileSync("examples/session.pcap"));
    const all = await followTcpStream(packets, { format: "pcap", folder });
    expect(all[0]!.filename).toBe(`kept/${all[0]!.label}.pcap`);
    const file = Buffer.concat(written.get(`${all[0]!.label}.pcap`)!);
    expect([...openCapture(file)].length).toBe(11);
  });
});
