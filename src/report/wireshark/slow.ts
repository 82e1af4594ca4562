import type { Extra } from "./context.ts";

/** One letter for each bit of the state, most significant first (IEEE 802.1AX §6.4.2.3). */
const LETTERS = "EFDCSGSA";
/** Octets of a TLV up to the state. */
const STATE = 16;
const ends = ["actor", "partner"] as const;

const stateText = (state: number): string =>
  Array.from(LETTERS, (letter, i) => ((state & (0x80 >> i)) === 0 ? "*" : letter)).join("");

/** The states of both ends of an aggregated link as letters. */
export const lacpExtra: Extra = {
  protocol: "lacp.tlv",
  names: ends.map((end) => `lacp.${end}.state_str`),
  cells({ bytes, start, headerEnd }, emit) {
    const end = ends[bytes[start]! - 1];
    if (end !== undefined && start + STATE < headerEnd)
      emit(`lacp.${end}.state_str`, stateText(bytes[start + STATE]!));
  },
};
