import { ethernet, ipv4, serviceVlan, vlan } from "../../src/index.ts";
import { type AnyRecipe, recipe } from "../../src/schema/recipe.ts";
import { bytes } from "../support/packets.ts";
import { applicationMessages } from "./making-applications.ts";
import { linkHeaders, networkHeaders } from "./making-headers.ts";
import { hipParameters } from "./making-hip.ts";
import { ipv4Options } from "./making-ipv4.ts";
import { destinationOptionRows, ipv6Options } from "./making-ipv6.ts";
import { mobilityMessages, mobilityOptions } from "./making-mobility.ts";
import type { Table } from "./making-rows.ts";
import { controlMessages, dnsRecords, lacpTlvs, sctpChunks } from "./making-services.ts";
import { tcpOptions } from "./making-tcp.ts";
import { gtpElements, rareHeaders } from "./making-tunnels.ts";

/** All rows that were written by hand. */
export const tables: readonly Table[] = [
  linkHeaders,
  networkHeaders,
  ipv4Options,
  ipv6Options,
  destinationOptionRows,
  tcpOptions,
  mobilityMessages,
  mobilityOptions,
  hipParameters,
  controlMessages,
  dnsRecords,
  sctpChunks,
  lacpTlvs,
  gtpElements,
  rareHeaders,
  applicationMessages,
];

/** The header that a row makes: its own, or the one that carries its record alone. */
export function headerOf(one: AnyRecipe, { carrier }: Table): AnyRecipe {
  if (carrier === undefined) return one;
  return recipe(carrier.protocol.schema, { ...carrier.values, [carrier.list]: [one] });
}

const inner = ipv4({ protocol: 253, src: "192.0.2.1", dst: "192.0.2.2" });
const innerBytes = "45000014 0000 0000 40fd f5e9 c0000201 c0000202";
const zeros = (count: number): string => "00".repeat(count);

/** Frames with something behind the packet in them: which layer it belongs to, what it is called there, and all bytes. */
export const trailers = [
  [
    "Ethernet with padding to 60 bytes and a trailer",
    ethernet,
    [ethernet({ padding: new Uint8Array(26), trailer: bytes("cafe") }), inner],
    { padding: bytes(zeros(26)), trailer: bytes("cafe") },
    `${zeros(12)} 0800 ${innerBytes} ${zeros(26)} cafe`,
  ],
  [
    "VLAN with padding and a trailer",
    vlan,
    [ethernet(), vlan({ padding: new Uint8Array(22), trailer: bytes("cafe") }), inner],
    { padding: bytes(zeros(22)), trailer: bytes("cafe") },
    `${zeros(12)} 8100 0000 0800 ${innerBytes} ${zeros(22)} cafe`,
  ],
  [
    "service VLAN with padding and a trailer",
    serviceVlan,
    [ethernet(), serviceVlan({ padding: new Uint8Array(22), trailer: bytes("cafe") }), inner],
    { padding: bytes(zeros(22)), trailer: bytes("cafe") },
    `${zeros(12)} 88a8 0000 0800 ${innerBytes} ${zeros(22)} cafe`,
  ],
] as const;
