import { u8, u16 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";

/** The tags of the Commercial IP Security Option (FIPS 188, draft-ietf-cipso-ipsecurity). */
const tagNames = /* @__PURE__ */ names(`
1=Restrictive bit map
2=Enumerated attributes
5=Ranged attributes
6=Permissive bit map
7=Free form`);

const type = record("ipv4.cipsoTag", "Tag", { filter: "ip.cipso" }).fields({
  type: u8("Tag Type", { filter: "tag_type", names: tagNames }),
});
const tag = type.fields({ length: u8("Length", { filter: null }) }).header({ field: "length" });
const leveled = tag.fields({
  alignment: u8("Alignment", { filter: null }),
  level: u8("Sensitivity Level", { filter: "sensitivity_level" }),
});

const category = record("ipv4.cipsoCategory", "Category", { filter: "ip.cipso" }).fields({
  category: u16("Category", { filter: null }),
});
/** The lowest bottom, of the last range, may be left out: it is zero then. */
const range = record("ipv4.cipsoRange", "Category Range", { filter: "ip.cipso" }).fields({
  top: u16("Top Category", { filter: null }),
  bottom: u16("Bottom Category", { filter: null }),
});

const cipsoTagCases = variants(
  type,
  "type",
  {
    bitmap: at(1, leveled.bytes("categories", "Categories", "rest", { filter: null })),
    enumerated: at(2, leveled.list("categories", "Categories", category)),
    ranged: at(5, leveled.list("ranges", "Category Ranges", range)),
    permissive: at(6, leveled.bytes("categories", "Categories", "rest", { filter: null })),
    freeForm: at(7, tag.bytes("data", "Tag Data", "rest", { filter: "tag_data" })),
  },
  tag.bytes("data", "Tag Data", "rest", { filter: "tag_data" }),
);
type CipsoTagCases = typeof cipsoTagCases;
/** The declaration of {@link cipsoTag}. */
export interface CipsoTag extends CipsoTagCases {}
/** One tag: who may see the packet. */
export const cipsoTag: CipsoTag = cipsoTagCases;
