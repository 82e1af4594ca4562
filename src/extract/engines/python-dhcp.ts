import { flags, ipv4Address, mac, part, u8, u16, u32 } from "../../schema/field.ts";
import { protocol, record } from "../../schema/protocol.ts";

/** An option of DHCP (RFC 2132): packages give its bytes or what they stand for. */
const option = record("dhcp.option", "Option", { filter: "dhcp.option" })
  .fields({
    type: u8("Option"),
    length: u8("Length"),
    messageType: u8("DHCP Message Type", { filter: ".dhcp.option.dhcp" }),
  })
  .bytes("value", "Value")
  .text("shown", "Value as Text", { until: "\0" }, { filter: null });

/**
 * What other packages say of DHCP and BOOTP (RFC 2131 §2) under one set of names. It is not among the protocols that we take
 * apart ourselves.
 */
export const dhcp = protocol({
  name: "dhcp",
  label: "DHCP",
  title: "Dynamic Host Configuration Protocol",
  spec: "RFC 2131 §2",
})
  .fields({
    op: u8("Operation", { filter: "type" }),
    hwType: u8("Hardware Type", { filter: "hw.type", base: "hex" }),
    hwSize: u8("Hardware Address Length", { filter: "hw.len" }),
    hops: u8("Hops"),
    id: u32("Transaction Identifier", { filter: "id", base: "hex" }),
    secs: u16("Seconds Elapsed"),
    flags: flags(
      16,
      {
        broadcast: part(1, "Broadcast", { filter: "bc" }),
        reserved: part(15, "Reserved", { base: "hex" }),
      },
      "Flags",
      { base: "hex" },
    ),
    clientAddress: ipv4Address("Client Address", { filter: "ip.client" }),
    yourAddress: ipv4Address("Your Address", { filter: "ip.your" }),
    serverAddress: ipv4Address("Next Server Address", { filter: "ip.server" }),
    relayAddress: ipv4Address("Relay Agent Address", { filter: "ip.relay" }),
    clientMac: mac("Client Hardware Address", { filter: "hw.mac_addr" }),
  })
  .bytes("padding", "Hardware Address Padding", 10, { filter: "hw.addr_padding" })
  .text("server", "Server Name", { until: "\0" })
  .text("file", "Boot File Name", { until: "\0" })
  .fields({ cookie: ipv4Address("Magic Cookie") })
  .list("options", "Options", option);
