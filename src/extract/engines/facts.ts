import type { EngineAbilities } from "../engine.ts";

/** What is to be known of a program before it is asked for anything. */
export interface ProgramFacts {
  readonly name: string;
  /** What it is, in one line for people. */
  readonly about: string;
  /** What brings it where it is not installed. */
  readonly install: string;
  readonly abilities: EngineAbilities;
}

/** These programs know protocols of their own, and stop where they like; they show packets as they come. */
const abilities: EngineAbilities = { limits: false, bindings: false, live: true };

export const tsharkFacts: ProgramFacts = {
  name: "tshark",
  about: "the dissectors of Wireshark, by its program tshark",
  install: "apt install tshark",
  abilities,
};

export const scapyFacts: ProgramFacts = {
  name: "scapy",
  about: "Scapy, a package of Python",
  install: "apt install python3-scapy",
  abilities,
};

export const dpktFacts: ProgramFacts = {
  name: "dpkt",
  about: "dpkt, a package of Python",
  install: "apt install python3-dpkt",
  abilities,
};
