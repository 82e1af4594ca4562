import { bits } from "../../schema/field.ts";
import { protocol } from "../../schema/protocol.ts";
import { ethernet, etherTypes } from "./ethernet.ts";

/**
 * Cisco FabricPath: behind an outer Ethernet header, whose addresses are those of switches and ports, a tag and then the
 * frame that is carried.
 */
export const fabricPath = protocol({
  name: "fabricPath",
  label: "FabricPath",
  title: "Cisco FabricPath",
  spec: "Cisco FabricPath",
  filter: "cfp",
  over: [etherTypes.at(0x8903)],
})
  .fields({
    ftag: bits(10, "Forwarding Tag"),
    ttl: bits(6, "Time to Live", { default: 32 }),
  })
  .payload({ next: ethernet });
