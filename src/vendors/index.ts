/** Names of the makers of network cards, by their addresses. A room of its own, since the listing is large. */
export { vendorNow, vendorOf, vendorsReady } from "./vendors.ts";
