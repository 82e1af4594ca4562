import { part, u16 } from "../../../schema/field.ts";
import { dnsOpcodeNames, dnsRcodeNames } from "../../iana/dns.ts";

/** What ties answers to their question (RFC 1035 §4.1.1). */
export const messageId = u16("Identification", { filter: "id", base: "hex" });

/** How many entries the sections have (RFC 1035 §4.1.1). */
export const sectionCounts = {
  qdcount: u16("Number of Questions", { filter: "count.queries" }),
  ancount: u16("Number of Answers", { filter: "count.answers" }),
  nscount: u16("Number of Authority Records", { filter: "count.auth_rr" }),
  arcount: u16("Number of Additional Records", { filter: "count.add_rr" }),
} as const;

const opcode = part(4, "Opcode", { names: dnsOpcodeNames });
const rcode = part(4, "Response Code", { names: dnsRcodeNames });

/** The bits between identification and counts (RFC 1035 §4.1.1, RFC 4035 §3.2). */
export const dnsFlags = {
  qr: part(1, "Response", { filter: "response" }),
  opcode,
  aa: part(1, "Authoritative Answer", { filter: "authoritative" }),
  tc: part(1, "Truncated", { filter: "truncated" }),
  rd: part(1, "Recursion Desired", { filter: "recdesired" }),
  ra: part(1, "Recursion Available", { filter: "recavail" }),
  z: part(1, "Reserved"),
  ad: part(1, "Authentic Data", { filter: "authenticated" }),
  cd: part(1, "Checking Disabled", { filter: "checkdisable" }),
  rcode,
} as const;

/** The same bits in LLMNR (RFC 4795 §2.1.1). */
export const llmnrFlags = {
  qr: part(1, "Response", { filter: "response" }),
  opcode,
  c: part(1, "Conflict", { filter: "conflict" }),
  tc: part(1, "Truncated", { filter: "truncated" }),
  t: part(1, "Tentative", { filter: "tentative" }),
  z: part(4, "Reserved", { filter: null }),
  rcode,
} as const;
