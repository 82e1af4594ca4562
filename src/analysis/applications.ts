import type { Application } from "./application.ts";
import { dnsApplication } from "./dns/dns.ts";

/**
 * The applications that are known, in the order in which they are asked whether a connection is theirs: those with an
 * unmistakable beginning first, those that guess from a few letters last.
 */
export const applications: readonly Application[] = [dnsApplication];
