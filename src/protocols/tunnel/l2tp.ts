import { flags, part, u16 } from "../../schema/field.ts";
import { protocol } from "../../schema/protocol.ts";
import { linkTypes } from "../link/ethernet.ts";
import { udpPorts } from "../transport/udp.ts";
import { l2tpAvp } from "./l2tp-avps.ts";

/** The link type of PPP, under which any dissector knows it. */
const PPP = 9;

/** Layer Two Tunneling Protocol, version 2: control messages of attribute value pairs, and PPP frames. */
export const l2tp = protocol({
  name: "l2tp",
  title: "Layer Two Tunneling Protocol",
  spec: "RFC 2661 §3.1",
  over: [udpPorts.at(1701)],
  tunnel: true,
  test: (bytes, start, end) => start + 1 < end && (bytes[start + 1]! & 0x0f) === 2,
})
  .fields({
    flags: flags(
      16,
      {
        control: part(1, "Control message (T)", { filter: ".l2tp.type" }),
        length: part(1, "Length present (L)", { filter: ".l2tp.length_bit" }),
        reserved: part(2, "Reserved", { filter: null }),
        sequence: part(1, "Sequence numbers present (S)", { filter: ".l2tp.seq_bit" }),
        reserved2: part(1, "Reserved", { filter: null }),
        offset: part(1, "Offset present (O)", { filter: ".l2tp.offset_bit" }),
        priority: part(1, "Priority (P)", { filter: ".l2tp.priority" }),
        reserved3: part(4, "Reserved", { filter: null }),
        version: part(4, "Version", { filter: ".l2tp.version" }),
      },
      "Flags",
      { base: "hex", default: { version: 2 } },
    ),
  })
  .when("flags.length", {
    length: u16("Length", { computed: ({ start, end }) => end - start }),
  })
  .fields({ tunnel: u16("Tunnel ID"), session: u16("Session ID") })
  .when("flags.sequence", { ns: u16("Ns", { filter: "Ns" }), nr: u16("Nr", { filter: "Nr" }) })
  .when("flags.offset", { offset: u16("Offset Size") })
  .bytes(
    "offsetPadding",
    "Offset Padding",
    { field: "offset" },
    { filter: null, when: "flags.offset" },
  )
  .list("avps", "Attribute Value Pairs", l2tpAvp, {
    when: "flags.control",
    // They end where the length says; without one, with the datagram.
    stop: (bytes, at, _, { start }) =>
      (bytes[start]! & 0x40) !== 0 && at >= start + bytes[start + 2]! * 256 + bytes[start + 3]!,
  })
  .payload({
    whole: ({ layer, length }) => length ?? layer.end - layer.start,
    next: (h, lookup) => (h.flags.control ? undefined : lookup(linkTypes, PPP)),
  });
