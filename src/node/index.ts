export { build } from "../packet/build.ts";
export { createDissector } from "../packet/dissector.ts";
export { all } from "../protocols/all.ts";
export { ethernet } from "../protocols/link/ethernet.ts";
export { ipv4 } from "../protocols/network/ipv4.ts";
export { tcp } from "../protocols/transport/tcp.ts";
export { udp } from "../protocols/transport/udp.ts";
export { openCapture } from "./open.ts";
