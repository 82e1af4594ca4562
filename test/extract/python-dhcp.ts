import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../../src/packet/build.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { bytes } from "../support/packets.ts";
import { hasTshark, tsharkCells } from "../support/tshark.ts";
import { captureOf } from "./python-engine.ts";

/** A DISCOVER with a message type, a host name, a wish for parameters and the end (RFC 2131, RFC 2132). */
export function dhcpFrame(): Uint8Array {
  const message = [
    "01 01 06 00 12345678 0003 8000",
    "00000000 c0000205 c0000201 00000000",
    "02005e005301 00000000000000000000",
    `${"6e616d65"}${"00".repeat(60)}`,
    `${"626f6f74"}${"00".repeat(124)}`,
    "63825363 350101 0c04 686f7374 370201 03 ff",
  ].join("");
  return build(
    ethernet({ src: "02:00:5e:00:53:01", dst: "ff:ff:ff:ff:ff:ff" }),
    ipv4({ src: "0.0.0.0", dst: "255.255.255.255" }),
    udp({ srcPort: 68, dstPort: 67 }),
    bytes(message),
  ).bytes();
}

const cells: Readonly<Record<string, string>> = {
  "dhcp.type": "1",
  "dhcp.hw.type": "0x01",
  "dhcp.hw.len": "6",
  "dhcp.hops": "0",
  "dhcp.id": "0x12345678",
  "dhcp.secs": "3",
  "dhcp.flags": "0x8000",
  "dhcp.flags.bc": "1",
  "dhcp.flags.reserved": "0x0000",
  "dhcp.ip.client": "0.0.0.0",
  "dhcp.ip.your": "192.0.2.5",
  "dhcp.ip.server": "192.0.2.1",
  "dhcp.ip.relay": "0.0.0.0",
  "dhcp.hw.mac_addr": "02:00:5e:00:53:01",
  "dhcp.server": "name",
  "dhcp.file": "boot",
  "dhcp.cookie": "99.130.83.99",
  "dhcp.option.type": "53,12,55,0",
  "dhcp.option.dhcp": "1",
  "dhcp.option.length": "1,4,2",
};

/** Cells that the frame has; where tshark is installed, what it prints itself. */
export function dhcpNames(without: readonly string[] = []): (readonly [string, string])[] {
  const names = Object.keys(cells).filter((name) => !without.includes(name));
  if (!hasTshark) return names.map((name) => [name, cells[name]!]);
  const folder = mkdtempSync(join(tmpdir(), "wirecraft-dhcp-"));
  try {
    const file = join(folder, "dhcp.pcap");
    writeFileSync(file, captureOf([dhcpFrame()]));
    const { frames } = tsharkCells(file, names);
    return names.map((name, i) => [name, frames[0]![i]!]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
