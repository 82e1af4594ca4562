import type { Mapping } from "./python-shape.ts";
import { applicationLayers } from "./scapy-application.ts";
import { ipv6Layers } from "./scapy-ipv6.ts";
import { networkLayers } from "./scapy-network.ts";
import { transportLayers } from "./scapy-transport.ts";

/** All layers of Scapy that have a declaration here, by its names. */
export const scapyMapping: Mapping = new Map(
  Object.entries({ ...networkLayers, ...ipv6Layers, ...transportLayers, ...applicationLayers }),
);
