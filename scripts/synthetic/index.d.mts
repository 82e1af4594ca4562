import type { Packet } from "../../src/packet/packet.ts";

/** A capture that real ones leave out: packets of one link type, each with values of its own in every field. */
export interface SyntheticCapture {
  /** The name of its file, without the ending. */
  readonly name: string;
  /** LINKTYPE_ number of the file. */
  readonly linkType: number;
  /** Builds the packets; a function, so that one capture can be asked for alone. */
  readonly packets: () => readonly Packet[];
  /** Milliseconds of each packet, where something depends on them; else they are a second apart. */
  readonly times?: readonly number[];
}

/** All captures, by family. */
export declare const captures: readonly SyntheticCapture[];
