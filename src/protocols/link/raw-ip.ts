import { protocol } from "../../schema/protocol.ts";
import { etherTypes, linkTypes } from "./ethernet.ts";

/** EtherTypes of the two versions of IP, by the number in an IP header's first four bits. */
const etherTypeOfVersion: ReadonlyMap<number, number> = new Map([
  [4, 0x0800],
  [6, 0x86dd],
]);

/** No link layer at all: IPv4 or IPv6, as the first four bits say. */
export const rawIp = protocol({
  name: "rawIp",
  label: "Raw",
  title: "Raw IP",
  spec: "tcpdump.org LINKTYPE_RAW",
  filter: "raw",
  over: [linkTypes.at(101, 12, 14)],
}).payload({
  next: ({ layer }, lookup) => {
    const first = layer.bytes[layer.start]!;
    const etherType = etherTypeOfVersion.get(first >> 4);
    if (etherType !== undefined) return lookup(etherTypes, etherType);
    // Some serial lines give the address and control fields of PPP's framing.
    return first === 0xff ? lookup(linkTypes, 9) : undefined;
  },
});
