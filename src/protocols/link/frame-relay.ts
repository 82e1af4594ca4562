import { bits, flag, part, u8, u16, u24 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { names } from "../../schema/names.ts";
import { protocol } from "../../schema/protocol.ts";
import { table } from "../../schema/table.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { snapOuiNames } from "../iana/link.ts";
import { etherTypes, LENGTH_LIMIT, linkTypes } from "./ethernet.ts";
import { byteAt, keyAbove, littleFlags } from "./keys.ts";
import { isBridgedEthernet, snapKey, snapProtocols } from "./llc.ts";

const nlpidNames = /* @__PURE__ */ names(`8=Q.933
128=SNAP
129=ISO CLNP
130=ISO ES-IS
131=ISO IS-IS
142=IPv6
176=FRF.9 Data Compression
177=FRF.12 Fragmentation
204=IPv4
207=PPP`);

/** Network layer protocol identifiers that have a meaning of their own on frame relay (RFC 2427 §3). */
export const frameRelayProtocols = table("fr.nlpid", nlpidNames);

const IPV4 = 0xcc;
const IPV6 = 0x8e;
const PPP = 0xcf;
const SNAP = 0x80;
const etherTypeOfNlpid: ReadonlyMap<number, number> = new Map([
  [IPV4, 0x0800],
  [IPV6, 0x86dd],
  [PPP, 0x880b],
]);
const UI = 0x03;

type Placed = { readonly layer: Layer };

/** Bytes of the Q.922 address: the last has its lowest bit set; two at least, four at most. */
function addressSize({ layer }: Placed): number {
  for (let n = 2; n < 4; n++) if (((byteAt(layer, n - 1) ?? 1) & 1) === 1) return n;
  return 4;
}

/** The first byte behind the address, which tells the encapsulations apart. */
const afterAddress = (h: Placed): number | undefined => byteAt(h.layer, addressSize(h));
/** Cisco's encapsulation: an EtherType behind the address. What is built has it where one is given. */
const isCisco = (h: Placed): boolean => {
  const high = afterAddress(h);
  const low = byteAt(h.layer, addressSize(h) + 1);
  if (high === undefined || low === undefined || high === UI) return false;
  const type = high * 256 + low;
  // No EtherType of a registry: bytes that are a control field of HDLC too.
  return type >= LENGTH_LIMIT && etherTypeNames.get(type) !== undefined;
};
/** A control field of HDLC: unnumbered information but for numbered links (ITU-T Q.922). */
const isNumbered = (h: Placed): boolean => !isCisco(h) && ((afterAddress(h) ?? UI) & 3) !== 3;
const isUnnumbered = (h: Placed): boolean => !isCisco(h) && ((afterAddress(h) ?? UI) & 3) === 3;
const isLonger = (h: Placed): boolean => addressSize(h) > 2;
/** The D/C bit of an address of more than two bytes: whether the last six bits are of the DLCI or of a control function. */
const lastIs = (h: Placed, control: boolean): boolean => {
  const last = byteAt(h.layer, addressSize(h) - 1);
  return isLonger(h) && last !== undefined && ((last & 2) !== 0) === control;
};

/** Where a network layer identifier would lie; frames that carry none are supervisory or set up the link. */
const identifierAt = (h: Placed): number => {
  if (isCisco(h)) return -1;
  const at = addressSize(h);
  const control = byteAt(h.layer, at) ?? UI;
  if ((control & 1) === 0) return at + 2;
  return control === UI ? at + 1 : -1;
};
const identifier = (h: Placed): number | undefined => {
  const at = identifierAt(h);
  return at < 0 ? undefined : byteAt(h.layer, at);
};
const isPadded = (h: Placed): boolean => identifier(h) === 0;
const hasIdentifier = (h: Placed): boolean => identifierAt(h) >= 0;

const fromEtherType: ReadonlyMap<number, number> = new Map(
  [...etherTypeOfNlpid].map(([nlpid, type]) => [type, nlpid]),
);
const computedIdentifier = (layer: Layer): number =>
  keyAbove(layer, frameRelayProtocols) ??
  fromEtherType.get(keyAbove(layer, etherTypes) ?? -1) ??
  IPV4;

/**
 * Frame relay with a Q.922 address of two to four bytes, and what follows it: RFC 2427's control field and network layer
 * identifier, or Cisco's EtherType.
 */
export const frameRelay = protocol({
  name: "frameRelay",
  label: "FrameRelay",
  title: "Frame Relay",
  spec: "ITU-T Q.922 §3, RFC 2427",
  filter: "fr",
  over: [linkTypes.at(107)],
})
  .fields({
    upperDlci: bits(6, "Upper DLCI", { base: "hex", digits: 2 }),
    commandResponse: flag("Command/Response", { filter: "cr" }),
    more: flag("Address ends here", { filter: "ea" }),
    secondDlci: bits(4, "Second DLCI", { base: "hex", digits: 2 }),
    fecn: flag("Forward Explicit Congestion Notification"),
    becn: flag("Backward Explicit Congestion Notification"),
    discardEligible: flag("Discard Eligibility", { filter: "de" }),
    end2: flag("Address ends here", { filter: "ea", default: true }),
  })
  .when((h) => addressSize(h) === 4, {
    thirdDlci: bits(7, "Third DLCI", { base: "hex", digits: 2 }),
    end3: flag("Address ends here", { filter: "ea" }),
  })
  .when((h) => lastIs(h, false), {
    lowerDlci: bits(6, "Lower DLCI", { base: "hex", digits: 2 }),
    dc: flag("DLCI or DL-CORE Control"),
    end4: flag("Address ends here", { filter: "ea", default: true }),
  })
  .when((h) => lastIs(h, true), {
    coreControl: bits(6, "DL-CORE Control", { filter: "dlcore_control", base: "hex", digits: 2 }),
    isControl: flag("DLCI or DL-CORE Control", { filter: "dc", default: true }),
    end5: flag("Address ends here", { filter: "ea", default: true }),
  })
  .when(isCisco, {
    etherType: u16("EtherType", { filter: "chdlctype", base: "hex", names: etherTypeNames }),
  })
  .when(isNumbered, {
    numbered: littleFlags(
      16,
      {
        nr: part(7, "Receive Sequence Number", { filter: "n_r" }),
        pf: part(1, "Poll/Final", { filter: null }),
        ns: part(7, "Send Sequence Number", { filter: "n_s" }),
        format: part(1, "Format", { filter: null }),
      },
      "Control of a numbered frame",
      { filter: "control", base: "hex", digits: 2 },
    ),
  })
  .when(isUnnumbered, { control: u8("Control", { base: "hex", default: UI }) })
  .when(isPadded, { pad: u8("Padding", { filter: null }) })
  .when(hasIdentifier, {
    nlpid: u8("Network Layer Protocol Identifier", {
      base: "hex",
      names: nlpidNames,
      // Not zero, which would be padding.
      default: IPV4,
      computed: computedIdentifier,
    }),
  })
  .when((h) => h.nlpid === SNAP, {
    oui: u24("Organization", { filter: "snap.oui", names: snapOuiNames }),
    pid: u16("Protocol Identifier", {
      filter: "snap.pid",
      base: "hex",
      names: etherTypeNames,
    }),
  })
  .payload({
    next: (h, lookup) => {
      if (h.etherType !== undefined) return lookup(etherTypes, h.etherType);
      if (h.oui !== undefined && h.pid !== undefined) {
        const known = lookup(snapProtocols, snapKey(h.oui, h.pid));
        if (known !== undefined) return known;
        // Without the padding that other links have before a bridged frame (RFC 2427 §4.2).
        if (isBridgedEthernet(h)) return lookup(linkTypes, 1);
        return h.oui === 0 ? lookup(etherTypes, h.pid) : undefined;
      }
      const { nlpid } = h;
      if (nlpid === undefined) return undefined;
      return (
        lookup(frameRelayProtocols, nlpid) ?? lookup(etherTypes, etherTypeOfNlpid.get(nlpid) ?? -1)
      );
    },
  });
