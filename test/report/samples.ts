/** Small declarations of all kinds of parts, so that these tests do not change with the real protocols. */

import { createDissector } from "../../src/packet/dissector.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { headerChecksum } from "../../src/schema/checksum.ts";
import {
  bits,
  chars,
  flag,
  flags,
  int,
  ipv4Address,
  ipv6Address,
  mac,
  octets,
  part,
  u8,
  u16,
  u32,
  u64,
} from "../../src/schema/field.ts";
import { names } from "../../src/schema/names.ts";
import { type AnyProtocol, protocol, record } from "../../src/schema/protocol.ts";
import { table } from "../../src/schema/table.ts";
import { at, variants } from "../../src/schema/variants.ts";

const types = table("link.type", names("7=Net\n9=App"));
const ports = table("net.port", names("80=web"));

export const link = protocol({ name: "link", label: "Link", title: "Sample Link" })
  .fields({
    dst: mac("Destination"),
    src: mac("Source"),
    type: u16("Type", { base: "hex", names: types.names! }),
  })
  .payload({ next: { table: types, by: "type" } })
  .trailer(record("link.trailer", "Trailer").bytes("padding", "Padding"));

const kind = record("net.option", "Option").fields({
  kind: u8("Kind", { names: names("1=none\n2=size") }),
});
const sized = kind.fields({ length: u8("Length") }).header({ field: "length" });
export const option = variants(
  kind,
  "kind",
  { end: at(0, kind), none: at(1, kind), size: at(2, sized.fields({ size: u16("Size") })) },
  sized.bytes("data", "Data"),
);

export const net = protocol({ name: "net", label: "Net", title: "Sample Net", over: [types.at(7)] })
  .fields({
    version: bits(4, "Version", { default: 4 }),
    words: bits(4, "Header Length", { scale: 4 }),
    mode: bits(6, "Mode", { names: names("3=three") }),
    low: bits(2, "Low"),
    len: u16("Total Length"),
    checksum: u16("Checksum", { base: "hex", checksum: headerChecksum }),
    flags: flags(
      16,
      { level: part(3, "Level", { names: names("5=five") }), more: "More", last: "Last" },
      "Flags",
      { base: "hex" },
    ),
    port: u16("Port", { names: ports.names! }),
    id: u64("Identification"),
    time: u32("Time", { base: "time" }),
    delta: int(8, "Delta"),
    urgent: flag("Urgent"),
    count: bits(7, "Count"),
    src: ipv4Address("Source"),
    dst: ipv6Address("Destination"),
    tag: chars(3, "Tag"),
    key: octets(5, "Key"),
  })
  .composite("class", "Class", ["mode", "low"], { base: "hex" })
  .list("options", "Options", option, { until: (one) => one.is === "end", align: 4 })
  .header({ field: "words", unit: 4 })
  .payload({ whole: { field: "len" }, next: { table: ports, by: "port" } });

const line = record("app.line", "Line")
  .text("text", "Text", { until: "\n" })
  .fields({ end: u8("End", { default: 10 }) });

export const app = protocol({ name: "app", title: "Sample App", over: [types.at(9), ports.at(80)] })
  .text("start", "Start", { until: " " })
  .text("blanks", "Blanks", { of: " " })
  .record("line", "Line", line)
  .fields({ lines: u8("Lines") })
  .list("more", "More lines", line, { count: { field: "lines" } });

/** A declaration whose names are those of everything that stands beside fields. */
export const hostile = protocol({
  name: 'ho"st\n',
  label: 'H"\\',
  title: "Hostile",
  over: [types.at(0x6666)],
})
  .fields({
    error: u8("Error"),
    raw: u8("Raw"),
    trailer: u8("Trailer"),
    trailerRest: u8("Trailer Rest"),
    packet: u8("Packet"),
    app: u8("App"),
    'qu"ote': u8("Quote", { names: names('1=a "name" \\') }),
  })
  .payload({ next: { table: types, by: "app" } });

/** As the lowest layer: its name is that of a key of the frame. */
export const time = protocol({ name: "time", title: "Time" }).fields({ value: u8("Value") });

export const protocols = [link, net, app, hostile, time];
export const dissector = createDissector(protocols);
export const dissect = (bytes: Uint8Array, first: AnyProtocol = link): Packet =>
  dissector.dissect(bytes, first);
