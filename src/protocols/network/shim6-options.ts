import { bits, flag, ipv6Address, u8, u16, u32 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";

const optionNames = /* @__PURE__ */ names(`
1=Responder Validator
2=Locator List
3=Locator Preferences
4=CGA Parameter Data Structure
5=CGA Signature
6=ULID Pair
7=Forked Instance Identifier
10=Keepalive Timeout`);

const type = record("shim6.option", "Option", { filter: "shim6", spec: "RFC 5533 §5.15" }).fields({
  type: bits(15, "Type", { filter: "opt.type", names: optionNames }),
  critical: flag("Critical", { filter: "opt.critical" }),
});
const option = type
  .fields({ length: u16("Length", { filter: "opt.len" }) })
  .header({ field: "length", plus: 4 });

const method = record("shim6.method", "Verification Method", { filter: "shim6" }).fields({
  method: u8("Verification Method", { filter: "opt.verif_method" }),
});
const locator = record("shim6.locator", "Locator", { filter: "shim6" }).fields({
  address: ipv6Address("Locator", { filter: "locator" }),
});
/** RFC 5533 §5.15.2: one verification method a locator, filled up to whole words of 8 bytes. */
const locatorList = option
  .fields({
    generation: u32("Locator List Generation", { filter: "opt.loclist" }),
    count: u8("Num Locators", { filter: "opt.locnum" }),
  })
  .list("methods", "Verification Methods", method, { count: { field: "count" } })
  .bytes("padding", "Padding", (o) => (11 - ((o.count + 8) % 8)) % 8, { filter: "padding" })
  .list("locators", "Locators", locator, { count: { field: "count" } });

/** RFC 5533 §5.15.3: how much of an element there is, says the length before the first. */
const preference = record("shim6.preference", "Element", { filter: "shim6.loc" })
  .fields({ flags: u8("Flags") })
  .when((e) => elementLength(e) > 1, { priority: u8("Priority", { filter: "prio" }) })
  .when((e) => elementLength(e) > 2, { weight: u8("Weight") })
  .bytes("more", "More", (e) => Math.max(0, elementLength(e) - 3), { filter: null });

function elementLength(element: {
  readonly layer: { readonly lower: { readonly bytes: Uint8Array; readonly start: number } | null };
}): number {
  const preferences = element.layer.lower;
  return preferences === null ? 1 : preferences.bytes[preferences.start + 8]!;
}

/** An option of Shim6 control messages; in messages each starts at a multiple of 8 bytes. */
export const shim6Option = variants(
  type,
  "type",
  {
    responderValidator: at(
      1,
      option.bytes("validator", "Validator", "rest", { filter: "validator" }),
    ),
    locatorList: at(2, locatorList),
    locatorPreferences: at(
      3,
      option
        .fields({
          generation: u32("Locator List Generation", { filter: "opt.loclist" }),
          elementLength: u8("Element Len", { filter: "opt.elemlen", default: 1 }),
        })
        .list("elements", "Elements", preference),
    ),
    cgaParameters: at(
      4,
      option.bytes("parameters", "CGA Parameter Data Structure", "rest", {
        filter: "cga_parameter_data_structure",
      }),
    ),
    cgaSignature: at(
      5,
      option.bytes("signature", "CGA Signature", "rest", { filter: "cga_signature" }),
    ),
    ulidPair: at(
      6,
      option.fields({
        reserved: u32("Reserved", { filter: null }),
        sender: ipv6Address("Sender ULID", { filter: "sulid" }),
        receiver: ipv6Address("Receiver ULID", { filter: "rulid" }),
      }),
    ),
    forkedInstance: at(
      7,
      option.fields({ id: u32("Forked Instance Identifier", { filter: "opt.fii" }) }),
    ),
    keepaliveTimeout: at(
      10,
      option.fields({
        reserved: u16("Reserved", { filter: null }),
        timeout: u16("Keepalive Timeout", { filter: null, note: "In seconds (RFC 5534 §5.3)." }),
      }),
    ),
  },
  option.bytes("data", "Data", "rest", { filter: null }),
);
