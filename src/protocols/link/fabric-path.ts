import { bits, u32 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { protocol, record } from "../../schema/protocol.ts";
import { ethernet, etherTypes } from "./ethernet.ts";
import { FCS, frameCheckSequence, isRightFcs } from "./tail.ts";

/** The switches' own frame check sequence covers all of the outer frame, the inner one has none. */
const tail = record("fabricPath.trailer", "Trailer", { filter: "cfp" }).fields({
  fcs: u32("Frame Check Sequence", {
    base: "hex",
    checksum: {
      compute: (layer) => (layer.lower === null ? null : frameCheckSequence.compute(layer.lower)),
    },
  }),
});

const capturedFcs = ({ layer }: { readonly layer: Layer }): number => {
  const outer = layer.lower;
  return outer !== null && isRightFcs(layer.bytes, outer.start, layer.end) ? FCS : 0;
};

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
  .payload({ reserve: capturedFcs, next: ethernet })
  .trailer(tail);
