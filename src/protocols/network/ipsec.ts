import { octets, u8, u16, u32 } from "../../schema/field.ts";
import { protocol } from "../../schema/protocol.ts";
import { ipProtocolNames } from "../iana/ip-protocols.ts";
import { ipProtocols } from "./ipv4.ts";

/** IP Authentication Header. */
export const ah = protocol({
  name: "ah",
  title: "IP Authentication Header",
  spec: "RFC 4302",
  over: [ipProtocols.at(51)],
})
  .fields({
    nextHeader: u8("Next Header", { names: ipProtocolNames, default: 59 }),
    len: u8("Payload Length", { filter: "length", note: "In words of 4 bytes, two not counted." }),
    reserved: octets(2, "Reserved"),
    spi: u32("Security Parameters Index", { base: "hex" }),
    seq: u32("Sequence Number", { filter: "sequence" }),
  })
  .bytes("icv", "Integrity Check Value")
  .header({ field: "len", unit: 4, plus: 8 })
  .payload({ next: { table: ipProtocols, by: "nextHeader" } });

/** IP Encapsulating Security Payload: what follows the sequence number is encrypted and stays bytes. */
export const esp = protocol({
  name: "esp",
  title: "IP Encapsulating Security Payload",
  spec: "RFC 4303",
  over: [ipProtocols.at(50)],
}).fields({
  spi: u32("Security Parameters Index", { base: "hex" }),
  seq: u32("Sequence Number", { filter: "sequence" }),
});

/** IP Payload Compression: what follows is compressed and stays bytes. */
export const ipcomp = protocol({
  name: "ipcomp",
  label: "IPComp",
  title: "IP Payload Compression Protocol",
  spec: "RFC 3173",
  over: [ipProtocols.at(108)],
}).fields({
  nextHeader: u8("Next Header", { base: "hex", names: ipProtocolNames }),
  flags: u8("Flags", { base: "hex" }),
  cpi: u16("Compression Parameter Index", { base: "hex" }),
});
