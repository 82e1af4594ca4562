/** Wireshark counts payloads so. */
export { reportedEnd } from "../../packet/reported.ts";
