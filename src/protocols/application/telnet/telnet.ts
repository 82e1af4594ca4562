import { coded, u8 } from "../../../schema/field.ts";
import { protocol, record } from "../../../schema/protocol.ts";
import { tcpPorts } from "../../transport/tcp.ts";
import { escapedBytes, IAC, nextCommand, SB, subnegotiationEnd } from "./escapes.ts";
import { telnetCommandNames, telnetOptionNames } from "./names.ts";

/** WILL, WON'T, DO, DON'T and a subnegotiation name an option. */
const NEGOTIATIONS = [SB, 251, 252, 253, 254] as const;

/**
 * Data, a command, or first the one and then the other (RFC 854): the data, which may be empty, ends where a command begins
 * or the bytes end. `data` is what is meant: the byte 255 stands twice on the wire.
 */
export const telnetItem = record("telnet.item", "Item", { spec: "RFC 854" })
  .fields({ data: coded(escapedBytes, "Data", { filter: null }) })
  .when(
    (h) =>
      h.layer.end - h.layer.start > 0 && endsInCommand(h.layer.bytes, h.layer.start, h.layer.end),
    {
      iac: u8("Interpret as Command", { default: IAC, filter: null, valid: [IAC, IAC] }),
      command: u8("Command", { filter: "cmd", default: 241, names: telnetCommandNames }),
    },
  )
  .when(
    { field: "command", is: NEGOTIATIONS },
    {
      option: u8("Option", { filter: "subcmd", names: telnetOptionNames }),
    },
  )
  .when(
    { field: "command", is: SB },
    {
      parameters: coded(escapedBytes, "Parameters", { filter: null }),
      end: coded(subnegotiationEnd, "End of Subnegotiation", { filter: null }),
    },
  );

/** Whether behind the data that begins here stands a command of two bytes at least. */
function endsInCommand(bytes: Uint8Array, start: number, end: number): boolean {
  return nextCommand(bytes, start, end) + 2 <= end;
}

/** Telnet: data with commands in it, as a segment has them. */
export const telnet = protocol({
  name: "telnet",
  label: "Telnet",
  title: "Telnet",
  spec: "RFC 854",
  over: [tcpPorts.at(23)],
  test: (_, start, end) => end > start,
}).list("items", "Items", telnetItem);
