import { eui64, flags, ipv6Address, part, u8, u16, u32, u64 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { at } from "../../schema/variants.ts";
import { addressRegistrationStatusNames, ndRouterPreferenceNames } from "../iana/icmpv6.ts";
import { message, reserved } from "./icmpv6-base.ts";
import { ndOption } from "./nd-options.ts";

/** The rule of an answer to a message that asks for it by its type alone. */
const answerTo =
  (asked: number) =>
  (_: unknown, request: { readonly type: number }): boolean =>
    request.type === asked;

/** The options of Secure Neighbor Discovery: any message may have them (RFC 3971 §5, RFC 6496 §5). */
const secured = ["cga", "rsaSignature", "timestamp", "nonce", "proxySignature"] as const;

const routerAdvertisement = message(134)
  .answers(answerTo(133))
  .fields({
    hopLimit: u8("Cur Hop Limit", { filter: "nd.ra.cur_hop_limit" }),
    flags: flags(
      8,
      {
        m: "Managed address configuration",
        o: "Other configuration",
        h: "Home Agent",
        preference: part(2, "Default Router Preference", {
          filter: "prf",
          names: ndRouterPreferenceNames,
        }),
        p: "Proxy",
        reserved: part(2, "Reserved", { filter: "rsv" }),
      },
      "Flags",
      { filter: "nd.ra.flag", base: "hex" },
    ),
    lifetime: u16("Router Lifetime", { filter: "nd.ra.router_lifetime" }),
    reachableTime: u32("Reachable Time", { filter: "nd.ra.reachable_time" }),
    retransTimer: u32("Retrans Timer", { filter: "nd.ra.retrans_timer" }),
  })
  .list("options", "Options", ndOption, {
    valid: {
      only: [
        "sourceLinkLayerAddress",
        "prefixInformation",
        "mtu",
        "advertisementInterval",
        "homeAgentInformation",
        "neighborAdvertisementAck",
        "pvdId",
        "map",
        "routeInformation",
        "rdnss",
        "flagsExtension",
        "dnssl",
        "sixLowpanContext",
        "authoritativeBorderRouter",
        "sixLowpanCapability",
        "captivePortal",
        "pref64",
        "encryptedDns",
        "experiment",
        ...secured,
      ],
    },
  });

const neighborAdvertisement = message(136)
  .fields({
    flags: flags(
      32,
      {
        r: "Router",
        s: "Solicited",
        o: "Override",
        reserved: part(29, "Reserved", { filter: "rsv" }),
      },
      "Flags",
      { filter: "nd.na.flag", base: "hex" },
    ),
    target: ipv6Address("Target Address", { filter: "nd.na.target_address" }),
  })
  .answers((own, request) => request.type === 135 && own.target === request.target)
  .list("options", "Options", ndOption, {
    valid: { only: ["targetLinkLayerAddress", "addressRegistration", ...secured] },
  });

/** RFC 6743 §3. */
const locator = record("icmpv6.locator", "Locator").fields({
  locator: u64("Locator", { filter: "ilnp.nb_locator", base: "hex" }),
  preference: u16("Preference", { filter: "ilnp.nb_preference" }),
  lifetime: u16("Lifetime", { filter: "ilnp.nb_lifetime" }),
});

/** RFC 6775 §4.4, RFC 8505 §4.2. */
const duplicateAddress = (type: number) =>
  message(type)
    .fields({
      status: u8("Status", {
        filter: "6lowpannd.da.status",
        names: addressRegistrationStatusNames,
      }),
      tid: u8("TID", { filter: "6lowpannd.da.rsv" }),
      lifetime: u16("Registration Lifetime", { filter: "6lowpannd.da.lifetime" }),
    })
    .when((m) => m.code < 2, { eui64: eui64("EUI-64", { filter: "6lowpannd.da.eui64" }) })
    .bytes("rovr", "Registration Ownership Verifier", (m) => (m.code & 15) * 8, {
      filter: null,
      when: (m) => m.code > 1,
    })
    .fields({ address: ipv6Address("Registered Address", { filter: "6lowpannd.da.reg_addr" }) });

const empty = (type: number) => message(type).fields({ reserved: reserved(4) });
/** RFC 3122 §2: both ends say where they are. */
const inverse = (type: number) =>
  empty(type).list("options", "Options", ndOption, {
    valid: {
      needs: ["sourceLinkLayerAddress", "targetLinkLayerAddress"],
      only: ["mtu", type === 141 ? "sourceAddressList" : "targetAddressList"],
    },
  });

/** Neighbor Discovery (RFC 4861) and what belongs to it: inverse (RFC 3122), ILNP (RFC 6743), 6LoWPAN (RFC 6775). */
export const neighborMessages = {
  routerSolicitation: at(
    133,
    empty(133).list("options", "Options", ndOption, {
      valid: { only: ["sourceLinkLayerAddress", "sixLowpanCapability", ...secured] },
    }),
  ),
  routerAdvertisement: at(134, routerAdvertisement),
  neighborSolicitation: at(
    135,
    empty(135)
      .fields({ target: ipv6Address("Target Address", { filter: "nd.ns.target_address" }) })
      .list("options", "Options", ndOption, {
        valid: {
          only: ["sourceLinkLayerAddress", "nbmaShortcutLimit", "addressRegistration", ...secured],
        },
      }),
  ),
  neighborAdvertisement: at(136, neighborAdvertisement),
  redirect: at(
    137,
    empty(137)
      .fields({
        target: ipv6Address("Target Address", { filter: "nd.rd.target_address" }),
        destination: ipv6Address("Destination Address", { filter: "rd.na.destination_address" }),
      })
      .list("options", "Options", ndOption, {
        valid: { only: ["targetLinkLayerAddress", "redirectedHeader", ...secured] },
      }),
  ),
  inverseSolicitation: at(141, inverse(141)),
  inverseAdvertisement: at(142, inverse(142).answers(answerTo(141))),
  locatorUpdate: at(
    156,
    message(156)
      .fields({
        count: u8("Num of Locs", { filter: "ilnp.nb_locs" }),
        operation: u8("Operation", { filter: "reserved" }),
        reserved: reserved(2),
      })
      .list("locators", "Locators", locator, { count: { field: "count" } }),
  ),
  duplicateAddressRequest: at(157, duplicateAddress(157)),
  duplicateAddressConfirmation: at(
    158,
    duplicateAddress(158).answers(
      (own, request) => request.type === 157 && own.address === request.address,
    ),
  ),
};
