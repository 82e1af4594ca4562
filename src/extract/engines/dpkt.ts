import { dpktMapping } from "./dpkt-mapping.ts";
import { dpktFacts } from "./facts.ts";
import { pythonEngine } from "./python.ts";

/** dpkt takes the packets apart: what it knows comes under our names, all else under its own. */
export const dpktEngine = pythonEngine({ ...dpktFacts, mapping: dpktMapping });
