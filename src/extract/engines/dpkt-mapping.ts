import { dpktApplications } from "./dpkt-application.ts";
import { dpktNetworks } from "./dpkt-network.ts";
import { dpktTransports } from "./dpkt-transport.ts";
import type { Mapping } from "./python-shape.ts";

/** All headers of dpkt that have a declaration here, by module and class. */
export const dpktMapping: Mapping = new Map(
  Object.entries({ ...dpktNetworks, ...dpktTransports, ...dpktApplications }),
);
