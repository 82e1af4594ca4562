import { ipv4Address, octets, u8, u16 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { protocol } from "../../schema/protocol.ts";
import { etherTypes } from "../link/ethernet.ts";
import { byteAt } from "../link/keys.ts";
import { udpPorts } from "../transport/udp.ts";

type Placed = { readonly layer: Layer };
const isAt = ({ layer }: Placed, at: number, type: number): boolean =>
  byteAt(layer, at) === 0 && byteAt(layer, at + 1) === type;
const hasAuthentication = (h: Placed): boolean => isAt(h, 0, 1);
/** Type, two lengths, nonce and confirmation: what an authentication header has beside its two values. */
const AUTHENTICATION = 13;
/** The origin indication is the first header or follows the authentication. */
function hasOrigin(h: Placed): boolean {
  if (!hasAuthentication(h)) return isAt(h, 0, 0);
  const lengths = (byteAt(h.layer, 2) ?? 0) + (byteAt(h.layer, 3) ?? 0);
  return isAt(h, AUTHENTICATION + lengths, 0);
}

/**
 * Teredo: IPv6 in UDP through network address translators, with an authentication header, an origin indication, both or
 * neither before it. A header is built when its type is given: `teredo({ authenticationType: 1, nonce })`.
 */
export const teredo = protocol({
  name: "teredo",
  label: "Teredo",
  title: "Teredo Tunnelling of IPv6 over UDP",
  spec: "RFC 4380 §5.1.1",
  over: [udpPorts.at(3544)],
  test: (bytes, start, end) =>
    end - start >= 8 &&
    (bytes[start]! >> 4 === 6 || (bytes[start] === 0 && bytes[start + 1]! <= 1)),
})
  .when(hasAuthentication, {
    authenticationType: u16("Authentication Indicator", { filter: null, default: 1 }),
    clientIdLength: u8("Client Identifier Length", { filter: "auth.idlen" }),
    authenticationLength: u8("Authentication Length", { filter: "auth.aulen" }),
  })
  .bytes(
    "clientId",
    "Client Identifier",
    { field: "clientIdLength" },
    { filter: "auth.id", when: hasAuthentication },
  )
  .bytes(
    "authentication",
    "Authentication Value",
    { field: "authenticationLength" },
    { filter: "auth.value", when: hasAuthentication },
  )
  .when(hasAuthentication, {
    nonce: octets(8, "Nonce", { filter: "auth.nonce" }),
    confirmation: octets(1, "Confirmation", { filter: "auth.conf" }),
  })
  .when(hasOrigin, {
    originType: u16("Origin Indicator", { filter: null }),
    obfuscatedPort: u16("Obfuscated Origin Port", {
      filter: null,
      note: "Every bit is inverted, so that translators do not change it.",
    }),
    obfuscatedAddress: ipv4Address("Obfuscated Origin Address", {
      filter: null,
      note: "Every bit is inverted, so that translators do not change it.",
    }),
  })
  .payload({
    next: ({ layer }, lookup) =>
      (layer.bytes[layer.headerEnd] ?? 0) >> 4 === 6 ? lookup(etherTypes, 0x86dd) : undefined,
  });
