import { scapyFacts } from "./facts.ts";
import { pythonEngine } from "./python.ts";
import { scapyMapping } from "./scapy-mapping.ts";

/** Scapy takes the packets apart: what it knows comes under our names, all else under its own. */
export const scapyEngine = pythonEngine({ ...scapyFacts, mapping: scapyMapping });
