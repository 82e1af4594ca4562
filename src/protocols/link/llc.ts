import { flags, octets, part, u16, u24 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { protocol } from "../../schema/protocol.ts";
import { table } from "../../schema/table.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { llcSapNames, snapOuiNames } from "../iana/link.ts";
import { etherTypes, lengthPayloads, linkTypes } from "./ethernet.ts";
import { byteAt, keyAbove, littleFlags } from "./keys.ts";

/** IEEE 802.2 service access points, as whole octets. */
export const llcSaps = table("llc.dsap", llcSapNames);

/** Protocols of SNAP headers, by organisation and protocol: {@link snapKey}. */
export const snapProtocols = table("llc.pid");

/** The key of {@link snapProtocols} for a protocol identifier of an organisation. */
export const snapKey = (oui: number, pid: number): number => oui * 0x10000 + pid;

/** EtherTypes of protocols that have a SAP of their own: IP and ARP. */
const etherTypeOfSap: ReadonlyMap<number, number> = new Map([
  [0x06, 0x0800],
  [0x98, 0x0806],
]);

/** Where the control field starts. Its two low bits say which of three formats it has; the lowest alone "information". */
const CONTROL = 2;
type Placed = { readonly layer: Layer };
const firstControl = ({ layer }: Placed): number | undefined => byteAt(layer, CONTROL);
const isInformation = (h: Placed): boolean => ((firstControl(h) ?? 1) & 1) === 0;
const isSupervisory = (h: Placed): boolean => ((firstControl(h) ?? 0) & 3) === 1;
/** What is built has this format where none is given. */
const isUnnumbered = (h: Placed): boolean => ((firstControl(h) ?? 3) & 3) === 3;
/** Unnumbered information. */
const UI = 0x03;

/** The SAP of the layer above. */
const computedSap = (layer: Layer): number => keyAbove(layer, llcSaps) ?? 0;

/** IEEE 802.2 Logical Link Control: `control` of unnumbered frames, else `supervisory` or `information`, is there. */
export const llc = protocol({
  name: "llc",
  title: "Logical Link Control",
  spec: "IEEE 802.2 §3, §5.4",
  // RFC 2684 ATM frames begin with an LLC header, as those of several other links do.
  over: [lengthPayloads.at(0), linkTypes.at(100)],
})
  .fields({
    dsap: flags(
      8,
      {
        address: part(7, "Destination Address", { filter: "sap" }),
        group: part(1, "Group Address", { filter: "ig" }),
      },
      "Destination Service Access Point",
      { base: "hex", names: llcSapNames, computed: computedSap },
    ),
    ssap: flags(
      8,
      {
        address: part(7, "Source Address", { filter: "sap" }),
        response: part(1, "Response", { filter: "cr" }),
      },
      "Source Service Access Point",
      { base: "hex", names: llcSapNames, computed: computedSap },
    ),
  })
  .when(isInformation, {
    information: littleFlags(
      16,
      {
        nr: part(7, "Receive Sequence Number", { filter: "n_r" }),
        pf: part(1, "Poll/Final", { filter: null }),
        ns: part(7, "Send Sequence Number", { filter: "n_s" }),
        format: part(1, "Format", { filter: null }),
      },
      "Information Control Field",
      { filter: "control", base: "hex" },
    ),
  })
  .when(isSupervisory, {
    supervisory: littleFlags(
      16,
      {
        nr: part(7, "Receive Sequence Number", { filter: "n_r" }),
        pf: part(1, "Poll/Final", { filter: null }),
        reserved: part(4, "Reserved", { filter: null }),
        function: part(2, "Supervisory Function", { filter: "s_ftype", base: "hex" }),
        format: part(2, "Format", { filter: "ftype", base: "hex" }),
      },
      "Supervisory Control Field",
      { filter: "control", base: "hex", default: { format: 1 } },
    ),
  })
  .when(isUnnumbered, {
    control: flags(
      8,
      {
        // The modifier's five bits lie on both sides of the poll/final bit.
        modifierHigh: part(3, "Modifier, High Bits", { filter: null }),
        pf: part(1, "Poll/Final", { filter: null }),
        modifierLow: part(2, "Modifier, Low Bits", { filter: null }),
        format: part(2, "Format", { filter: "ftype", base: "hex" }),
      },
      "Unnumbered Control Field",
      { base: "hex", digits: 4, default: UI },
    ),
  })
  .payload({
    next: (h, lookup) => {
      const control = firstControl(h);
      // Only these two carry a payload of the layer above.
      if (control === undefined || (control & 1 && control !== UI)) return undefined;
      const sap = h.dsap.value;
      if (sap === SNAP && h.ssap.value !== SNAP) return undefined;
      const known = lookup(llcSaps, sap);
      if (known !== undefined) {
        const { bytes, headerEnd, end } = h.layer;
        const { test } = known.schema.about;
        return test === null || test(bytes, headerEnd, end) ? known : undefined;
      }
      const etherType = etherTypeOfSap.get(sap);
      return etherType === undefined ? undefined : lookup(etherTypes, etherType);
    },
  });

/** The SAP that says "a SNAP header follows". */
const SNAP = 0xaa;
/** Organisations whose protocol identifiers are EtherTypes: none at all, and Cisco's for bridges. */
const etherTypeOuis: readonly number[] = [0, 0x0000f8];
/** IEEE 802.1's own, for bridged frames. */
const BRIDGED = 0x0080c2;
/** Bridged Ethernet with and without frame check sequence: RFC 2684 §5.2 pads it so that the frame is aligned. */
export const isBridgedEthernet = (h: {
  readonly oui?: number | undefined;
  readonly pid?: number | undefined;
}): boolean => h.oui === BRIDGED && (h.pid === 1 || h.pid === 7);

/** The protocol identifier in the place of the layer above: of the given organisation's. */
function computedPid(layer: Layer): number {
  const key = keyAbove(layer, snapProtocols);
  return key === undefined ? 0 : key % 0x10000;
}

/** Subnetwork Access Protocol: an EtherType, or another organisation's protocol, behind an LLC header. */
export const snap = protocol({
  name: "snap",
  title: "Subnetwork Access Protocol",
  spec: "IEEE 802 §9.3, RFC 1042",
  filter: "llc",
  over: [llcSaps.at(SNAP)],
})
  .fields({ oui: u24("Organization Code", { names: snapOuiNames }) })
  .when(
    { field: "oui", is: etherTypeOuis },
    { type: u16("EtherType", { base: "hex", names: etherTypeNames }) },
  )
  .when(({ oui }) => !etherTypeOuis.includes(oui), {
    pid: u16("Protocol Identifier", { base: "hex", computed: computedPid }),
  })
  .when(isBridgedEthernet, { padding: octets(2, "Padding", { filter: null }) })
  .payload({
    next: {
      table: etherTypes,
      by: "type",
      otherwise: (h, lookup) => {
        const { oui, pid } = h;
        if (pid === undefined) return undefined;
        const known = lookup(snapProtocols, snapKey(oui, pid));
        return known ?? (isBridgedEthernet(h) ? lookup(linkTypes, 1) : undefined);
      },
    },
  });
