import { flags, ipv6Address, part, u8, u16 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { at } from "../../schema/variants.ts";
import { message, reserved } from "./icmpv6-base.ts";
import { ndOption } from "./nd-options.ts";

const homeAgent = record("icmpv6.homeAgent", "Home Agent Address").fields({
  address: ipv6Address("Home Agent Address", { filter: "mip6.home_agent_address" }),
});
const mobile = (type: number) =>
  message(type).fields({ id: u16("Identifier", { filter: "mip6.identifier" }) });

interface Numbered {
  readonly type: number;
  readonly id: number;
}
/** The rule of a reply: it has the identifier of the request, which is of type `asked`. */
const replyTo =
  (asked: number) =>
  (own: Numbered, request: Numbered): boolean =>
    request.type === asked && own.id === request.id;

/** RFC 6275 §6.8. */
const mobilePrefixAdvertisement = mobile(147)
  .answers(replyTo(146))
  .fields({
    flags: flags(
      16,
      {
        m: "Managed address configuration",
        o: "Other configuration",
        reserved: part(14, "Reserved", { filter: "rsv" }),
      },
      "Flags",
      { filter: "mip6.flag", base: "hex" },
    ),
  })
  .list("options", "Options", ndOption, { valid: { needs: ["prefixInformation"], only: [] } });

/** RFC 3971 §6.4. */
const certificationPath = (type: number) =>
  message(type).fields({ id: u16("Identifier", { filter: "send.identifier" }) });

/** What messages about a handover may have (RFC 5568 §6.4, RFC 5269 §5, RFC 5271 §4). */
const handoverOptions = {
  only: [
    "ipAddressPrefix",
    "newRouterPrefix",
    "linkLayerAddress",
    "handoverKeyRequest",
    "handoverKeyReply",
    "handoverAssist",
    "mobileNodeIdentifier",
  ],
} as const;

/** RFC 5568 §6.1, RFC 4068 §6.3. */
const fmipv6 = message(154)
  .fields({ subtype: u8("Subtype", { filter: "fmip6.subtype" }) })
  // Subtype 4 is Handover Initiate.
  .when(
    { field: "subtype", is: 4 },
    {
      flags: flags(
        8,
        { s: "Assigned address", a: "Buffer", reserved: part(6, "Reserved") },
        "Flags",
        { filter: "fmip6.hi.flag", base: "hex" },
      ),
    },
  )
  .when((m) => m.subtype !== 4, { reserved: reserved(1) })
  .fields({ id: u16("Identifier", { filter: "fmip6.identifier" }) })
  .list("options", "Options", ndOption, { valid: handoverOptions });

/** Mobile IPv6 (RFC 6275, RFC 5568) and Secure Neighbor Discovery (RFC 3971). */
export const mobileMessages = {
  homeAgentRequest: at(144, mobile(144).fields({ reserved: reserved(2) })),
  homeAgentReply: at(
    145,
    mobile(145)
      .answers(replyTo(144))
      .fields({ reserved: reserved(2) })
      .list("homeAgents", "Home Agents", homeAgent),
  ),
  mobilePrefixSolicitation: at(
    146,
    mobile(146)
      .fields({ reserved: reserved(2) })
      // RFC 6275 §6.7 has no option for it.
      .list("options", "Options", ndOption, { valid: { only: [] } }),
  ),
  mobilePrefixAdvertisement: at(147, mobilePrefixAdvertisement),
  certificationPathSolicitation: at(
    148,
    certificationPath(148)
      .fields({ component: u16("Component", { filter: "send.component" }) })
      .list("options", "Options", ndOption, { valid: { only: ["trustAnchor"] } }),
  ),
  certificationPathAdvertisement: at(
    149,
    certificationPath(149)
      .answers(replyTo(148))
      .fields({
        allComponents: u16("All Components", { filter: "send.all_components" }),
        component: u16("Component", { filter: "send.component" }),
        reserved: reserved(2),
      })
      .list("options", "Options", ndOption, {
        valid: { only: ["trustAnchor", "certificate"] },
      }),
  ),
  experimentalMobility: at(
    150,
    message(150)
      .fields({
        subtype: u8("Subtype", { filter: "fmip6.subtype" }),
        reserved: reserved(1),
        id: u16("Identifier", { filter: "fmip6.identifier" }),
      })
      .list("options", "Options", ndOption, { valid: handoverOptions }),
  ),
  fmipv6: at(154, fmipv6),
};
