import { bits, u8, u32 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { protocol } from "../../schema/protocol.ts";
import { ipProtocolNames } from "../iana/ip-protocols.ts";
import { ipProtocols } from "../network/ipv4.ts";
import { udpPorts } from "../transport/udp.ts";

const identityNames = /* @__PURE__ */ names("0=None\n1=Integer\n2=ASCII string");
const hashNames = /* @__PURE__ */ names("0=None\n1=MD5\n2=SHA1");
const authenticationNames = /* @__PURE__ */ names("0=None\n1=Shared secret\n2=Public key");
const operationNames = /* @__PURE__ */ names(`0=No operation
1=Forward
2=Echo request
3=Echo request and forward
4=Echo response
5=Message of the day
6=Query request
7=Query response`);

/** Anything In Anything: signed tunnels of hosts whose address changes. */
export const ayiya = protocol({
  name: "ayiya",
  title: "Anything In Anything",
  spec: "draft-massar-v6ops-ayiya-02",
  over: [udpPorts.at(5072)],
  tunnel: true,
})
  .fields({
    idLength: bits(4, "Identity Length", {
      filter: "idlen",
      base: "hex",
      digits: 2,
      default: 4,
      note: "As the power of two that it is.",
    }),
    idType: bits(4, "Identity Type", {
      filter: "idtype",
      base: "hex",
      digits: 2,
      names: identityNames,
      default: 1,
    }),
    signatureLength: bits(4, "Signature Length", { filter: "siglen", base: "hex", digits: 2 }),
    hashMethod: bits(4, "Hash Method", {
      filter: "hashmethod",
      base: "hex",
      digits: 2,
      names: hashNames,
    }),
    authMethod: bits(4, "Authentication Method", {
      filter: "authmethod",
      base: "hex",
      digits: 2,
      names: authenticationNames,
    }),
    operation: bits(4, "Operation", {
      filter: "opcode",
      base: "hex",
      digits: 2,
      names: operationNames,
      default: 1,
    }),
    nextHeader: u8("Next Header", {
      filter: "nextheader",
      base: "hex",
      names: ipProtocolNames,
      default: 59,
    }),
    epoch: u32("Epoch Time", { base: "time" }),
  })
  .bytes("identity", "Identity", (h) => 2 ** h.idLength, { default: new Uint8Array(16) })
  .bytes("signature", "Signature", { field: "signatureLength", unit: 4 })
  .payload({ next: { table: ipProtocols, by: "nextHeader" } });
