import {
  bits,
  flag,
  ipv4Address,
  ipv6Address,
  octets,
  u8,
  u16,
  u24,
  u32,
} from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";

const elementNames = /* @__PURE__ */ names(`1=Cause
2=IMSI
3=Routeing Area Identity
4=Temporary Logical Link Identity
5=Packet TMSI
8=Reordering Required
9=Authentication Triplet
11=MAP Cause
12=P-TMSI Signature
13=MS Validated
14=Recovery
15=Selection Mode
16=Tunnel Endpoint Identifier Data I
17=Tunnel Endpoint Identifier Control Plane
18=Tunnel Endpoint Identifier Data II
19=Teardown Indicator
20=NSAPI
21=RANAP Cause
22=RAB Context
23=Radio Priority SMS
24=Radio Priority
25=Packet Flow Id
26=Charging Characteristics
27=Trace Reference
28=Trace Type
29=MS Not Reachable Reason
127=Charging ID
128=End User Address
129=MM Context
130=PDP Context
131=Access Point Name
132=Protocol Configuration Options
133=GSN Address
134=MS International PSTN/ISDN Number
135=Quality of Service Profile
141=Extension Header Type List
251=Charging Gateway Address
255=Private Extension`);

const kind = record("gtp.element", "Information Element", {
  spec: "3GPP TS 29.060 §7.7",
}).fields({ type: u8("Type", { filter: null, base: "hex", names: elementNames }) });

/** From type 128 on a length of two bytes stands behind the type. */
const sized = kind.fields({ length: u16("Length", { filter: null }) });
const octet = (n: number) => kind.bytes("data", "Data", n, { filter: null });
/** Decimal digits, two an octet; what follows them are numbers of any kind. */
const digits = (n: number, others = 0) =>
  kind.bytes("data", "Data", n + others, {
    filter: null,
    valid: (random) => {
      const made = random.bytes(n + others);
      for (let i = 0; i < n; i++) made[i] = random.upTo(9) * 16 + random.upTo(9);
      // The last of sixteen half octets is no digit.
      if (others === 0) made[n - 1] = 0xf0 | (made[n - 1]! & 0x0f);
      return made;
    },
  });

const made = variants(
  kind,
  "type",
  {
    cause: at(1, kind.fields({ cause: u8("Cause") })),
    imsi: at(2, digits(8)),
    routeingArea: at(3, digits(3, 3)),
    tlli: at(4, kind.fields({ tlli: u32("TLLI", { base: "hex" }) })),
    ptmsi: at(5, kind.fields({ ptmsi: u32("P-TMSI") })),
    reorderingRequired: at(
      8,
      kind.fields({
        spare: bits(7, "Spare", { filter: null, default: 0x7f }),
        required: flag("Reordering Required", { filter: "reorder" }),
      }),
    ),
    authenticationTriplet: at(
      9,
      kind.fields({
        rand: octets(16, "RAND"),
        sres: octets(4, "SRES"),
        kc: octets(8, "Kc"),
      }),
    ),
    oneOctet: at([11, 13, 19, 21, 23, 24, 29], octet(1)),
    ptmsiSignature: at(
      12,
      kind.fields({ signature: u24("P-TMSI Signature", { filter: "ptmsi_sig", base: "hex" }) }),
    ),
    recovery: at(
      14,
      kind.fields({ restartCounter: u8("Restart Counter", { filter: "recovery" }) }),
    ),
    selectionMode: at(
      15,
      kind.fields({
        spare: bits(6, "Spare", { filter: null, default: 0x3f }),
        mode: bits(2, "Selection Mode", { filter: "sel_mode" }),
      }),
    ),
    teidData: at(
      16,
      kind.fields({
        teid: u32("Tunnel Endpoint Identifier Data I", { filter: "teid_data", base: "hex" }),
      }),
    ),
    teidControl: at(
      17,
      kind.fields({
        teid: u32("Tunnel Endpoint Identifier Control Plane", { filter: "teid_cp", base: "hex" }),
      }),
    ),
    teidData2: at(
      18,
      kind.fields({
        spare: bits(4, "Spare", { filter: null }),
        nsapi: bits(4, "NSAPI"),
        teid: u32("Tunnel Endpoint Identifier Data II", { filter: "teid_ii", base: "hex" }),
      }),
    ),
    nsapi: at(
      20,
      kind.fields({ spare: bits(4, "Spare", { filter: null }), nsapi: bits(4, "NSAPI") }),
    ),
    rabContext: at(
      22,
      kind.fields({
        spare: bits(4, "Spare", { filter: null }),
        nsapi: bits(4, "NSAPI"),
        gtpDown: u16("Downlink GTP-U Sequence Number", { filter: "rab_gtp_dn" }),
        gtpUp: u16("Uplink GTP-U Sequence Number", { filter: "rab_gtp_up" }),
        pdcpDown: u16("Downlink PDCP Sequence Number", { filter: "rab_pdu_dn" }),
        pdcpUp: u16("Uplink PDCP Sequence Number", { filter: "rab_pdu_up" }),
      }),
    ),
    twoOctets: at([25, 27, 28], octet(2)),
    chargingCharacteristics: at(
      26,
      kind.fields({ characteristics: u16("Charging Characteristics", { filter: "chrg_char" }) }),
    ),
    chargingId: at(
      127,
      kind.fields({ chargingId: u32("Charging ID", { filter: "chrg_id", base: "hex" }) }),
    ),
    gsnAddress: at(
      133,
      kind
        .fields({ length: u16("Length", { filter: "gsn_address_length" }) })
        .when(
          { field: "length", is: 4 },
          { ipv4: ipv4Address("GSN Address IPv4", { filter: "gsn_ipv4" }) },
        )
        .when(
          { field: "length", is: 16 },
          { ipv6: ipv6Address("GSN Address IPv6", { filter: "gsn_ipv6" }) },
        )
        .bytes("other", "Other Address", "rest", { filter: null })
        .header({ field: "length", plus: 3 }),
    ),
    // The only one of this range whose length has one byte (TS 29.281 §8.5).
    extensionTypes: at(
      141,
      kind.fields({ length: u8("Length", { filter: null }) }).list(
        "types",
        "Extension Header Types",
        record("gtp.extensionType", "Type").fields({
          type: u8("Extension Header Type", { filter: "ext_hdr_type" }),
        }),
        { size: { field: "length" } },
      ),
    ),
    sized: at(
      Array.from({ length: 128 }, (_, i) => 128 + i).filter((n) => n !== 133 && n !== 141),
      sized.bytes("data", "Data", "rest", { filter: null }).header({ field: "length", plus: 3 }),
    ),
  },
  kind.bytes("data", "Data", "rest", { filter: null }),
);
type Made = typeof made;
/** The type of {@link gtpElement}, under a name. */
export interface GtpElement extends Made {}
/** Information elements of GTP's signalling messages (3GPP TS 29.060 §7.7, TS 29.281 §8): an unknown short one takes the rest. */
export const gtpElement: GtpElement = made;
