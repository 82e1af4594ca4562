/** How the packets of a source came to it (the packet types of packet(7), in the same order). */
export const kinds = ["host", "broadcast", "multicast", "other", "outgoing"] as const;

/**
 * How a packet came: to this computer, to all, to many, to another (seen in promiscuous mode), or sent from here;
 * `undefined` where the source does not say.
 */
export type PacketKind = (typeof kinds)[number];

/** Which packets are wanted, as seen from this computer. */
export type CaptureDirection = "in" | "out" | "both";

/** Where the packets of a source go. */
export interface PacketSink {
  /**
   * Takes `bytes[start, end)`, which are lent until the next read. Of a packet that was cut, `originalLength` is more. `kind`
   * is an index into {@link kinds}; -1 where it is not known.
   */
  packet(
    bytes: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    kind: number,
  ): void;
}

/** What a source counted since it was opened. */
export interface SourceStats {
  /**
   * Packets that came: those delivered, those waiting and those dropped. Where the system runs the filter, those that passed
   * it; where it is run here (functions, VLAN tags on `ring` and `socket`), all.
   */
  readonly received: number;
  /** Packets lost because there was no room for them. */
  readonly dropped: number;
  /** Packets lost by the interface or its driver; 0 where that is not told. */
  readonly interfaceDropped: number;
}

/** Decides over packets by their bytes: a compiled capture filter. */
export interface PacketFilter {
  /** Whether the packet is wanted. `originalLength` is what it had on the wire. */
  filter(bytes: Uint8Array, originalLength?: number): boolean;
  /** The same as a program for the kernel; left out where it cannot be run there. */
  readonly program?: { toBytes(): Uint8Array };
  /** The same in words, in the language of pcap-filter(7). */
  readonly expression?: string;
}

/** The way to an interface, whichever it is. All calls but {@link ready} give what there is at once. */
export interface PacketSource {
  /** Which way this is. */
  readonly backend: "pcap" | "ring" | "socket" | "subprocess" | "simulated";
  /** The interface. */
  readonly name: string;
  /** Number of the link type in capture files. */
  readonly linkType: number;
  /** The descriptor that can be read when packets are there; left out where there is none. */
  readonly fd?: number;
  /** Bytes kept of a packet; left out where that is all. */
  readonly snaplen?: number;
  /** Its own address; left out where it has none or does not tell. */
  readonly mac?: string;
  /** Most bytes that a frame can carry behind the link's header (and a VLAN tag); left out where that is not known. */
  readonly mtu?: number;
  /**
   * Hands out what has arrived, at most `most` packets, and gives how many. Bytes handed out before are no longer lent.
   *
   * @throws DeviceError when the interface is gone or fails.
   */
  read(sink: PacketSink, most: number): number;
  /** Waits until something may have arrived, at most `timeout` milliseconds; false when the time is over or {@link wake} ended it. */
  ready(timeout: number): Promise<boolean>;
  /** As {@link ready}, but holds the thread up meanwhile. */
  wait(timeout: number): boolean;
  /** Ends a {@link ready} or {@link wait}, also one in another thread. */
  wake(): void;
  /** Sends a frame as it is. */
  inject(frame: Uint8Array): void;
  /** Sends frames one after another, and gives how many went out. */
  sendBatch(frames: readonly Uint8Array[]): number;
  stats(): SourceStats;
  /** Which packets are handed out from now on; `null` for all. */
  setFilter(filter: PacketFilter | null): void;
  setDirection(direction: CaptureDirection): void;
  /** Numbers of the link types that the interface offers; left out where there is no choice. */
  dataLinks?(): number[];
  /** Gives everything back. Closing twice is no fault; whatever waits ends. */
  close(): void;
}
