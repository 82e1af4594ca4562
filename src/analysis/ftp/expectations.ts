import type { ConnectionInfo } from "../event.ts";
import type { FtpCommandEvent } from "./events.ts";

/** A data connection that a control connection announced. */
export interface FtpExpectation {
  /** The control connection. */
  readonly control: ConnectionInfo;
  /** Who listens: the server of the control connection when passive, its client when active. */
  readonly listener: "server" | "client";
  /** The port it listens at. */
  readonly port: number;
  /** The transfer that it is for; `null` before one was asked for. */
  command: FtpCommandEvent | null;
  /** Seconds of the packet that announced it. */
  readonly seconds: number;
  /** Where it is found: ends as {@link keyOf} writes them. */
  readonly keys: readonly string[];
}

/** Those that wait at most: the oldest is forgotten. */
const MOST = 4096;
/** Seconds after which nobody connects any more. */
const LONGEST = 3600;

const keyOf = (address: string, port: number): string => `${address} ${port}`;

/** Data connections that control connections announced, and that were not seen yet: what all of an analysis share. */
export class FtpExpectations {
  private readonly byEnd: Map<string, FtpExpectation>;

  constructor() {
    this.byEnd = new Map();
  }

  /** Ends that are expected. */
  get size(): number {
    return this.byEnd.size;
  }

  /** Expects a connection to a port at any of some addresses: the one announced, and, behind a translator, the one seen. */
  add(
    control: ConnectionInfo,
    listener: FtpExpectation["listener"],
    addresses: readonly string[],
    port: number,
    seconds: number,
  ): FtpExpectation {
    const keys = [...new Set(addresses)].map((address) => keyOf(address, port));
    const one: FtpExpectation = { control, listener, port, command: null, seconds, keys };
    for (const key of keys) {
      this.byEnd.delete(key);
      this.byEnd.set(key, one);
    }
    for (const key of this.byEnd.keys()) {
      if (this.byEnd.size <= MOST) break;
      this.byEnd.delete(key);
    }
    return one;
  }

  /** The expectation that a connection meets; its listener is the one who was connected to, but for captures that begin late. */
  find({ src, srcPort, dst, dstPort }: ConnectionInfo, seconds: number): FtpExpectation | null {
    const one = this.byEnd.get(keyOf(dst, dstPort)) ?? this.byEnd.get(keyOf(src, srcPort));
    if (one === undefined) return null;
    if (seconds - one.seconds > LONGEST) {
      this.remove(one);
      return null;
    }
    return one;
  }

  /** Forgets what was met or will not be. */
  remove(one: FtpExpectation): void {
    for (const key of one.keys) if (this.byEnd.get(key) === one) this.byEnd.delete(key);
  }
}

/** Makes what the connections of an analysis share. */
export const ftpExpectations = (): FtpExpectations => new FtpExpectations();
