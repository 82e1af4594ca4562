import { type TcpNote, TcpNotes } from "../analysis/tcp-notes.ts";
import type { Packet } from "../packet/packet.ts";

/**
 * Notes that are listed at most; those that come behind are only counted. Each is kept until the end, and a broken link has
 * one for every packet: the million of one capture took 700 MB, and 2.5 GB as JSON.
 */
export const NOTES_LIMIT = 100_000;

/** The notes on TCP that are listed, the first ones of a capture, with how many there were of all. */
export class NoteList {
  /** In order of the packets. */
  readonly listed: TcpNote[];
  /** Notes that are counted and not listed. */
  omitted: number;
  private readonly notes: TcpNotes;
  private readonly limit: number;

  constructor(limit = NOTES_LIMIT) {
    this.listed = [];
    this.omitted = 0;
    this.notes = new TcpNotes();
    this.limit = limit;
  }

  add(packet: Packet): void {
    for (const note of this.notes.add(packet)) {
      if (this.listed.length < this.limit) this.listed.push(note);
      else this.omitted++;
    }
  }

  /** How often each kind was noted, listed or not. */
  get counts(): TcpNotes["counts"] {
    return this.notes.counts;
  }
}
