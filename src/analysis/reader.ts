import type { Dissector } from "../packet/dissector.ts";
import { tcpPorts } from "../protocols/transport/tcp.ts";
import type { Layer } from "../schema/layer.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import type { Application, Connection, FirstBytes, ShownMessage, Verdict } from "./application.ts";
import type { ConnectionInfo, StreamNote } from "./event.ts";
import type { AnalysisEvent } from "./events.ts";
import { type Origin, type Place, type Side, SideInput, type Waiting } from "./input.ts";

/** What all connections of one analysis have in common. */
export interface ReaderEnvironment {
  /** In the order in which they are asked. */
  readonly applications: readonly Application[];
  readonly dissector: Dissector;
  /** Whether an application is also looked for by content, where no port tells it. */
  readonly isByContent: (application: Application) => boolean;
  /** Whether a connection that nobody knows is looked at again with each piece, as where its beginning is missing. */
  readonly looksAgain?: boolean;
  /** Bytes of a side that wait at most. */
  readonly inputLimit: number;
  readonly onEvent: (event: AnalysisEvent) => void;
  /** Takes whole messages; without it none are made. */
  readonly onMessage: ((message: ShownMessage, reader: ConnectionReader) => void) | null;
  /** What {@link Connection.shared} keeps. */
  readonly shared: Map<() => unknown, unknown>;
}

/** Bytes after which an application that does not know yet whether it is meant is not asked again. */
const ENOUGH = 4096;
/** Times that a connection may become another application's without a byte being read. */
const MOST_CHANGES = 16;

/**
 * Reads one connection: finds out which application talks, and lets its readers read as bytes come. Who feeds it decides
 * what order is: bytes of a side come in order and once, gaps where they are missing.
 */
export class ConnectionReader implements Connection {
  readonly inputs: readonly [SideInput, SideInput];
  readonly info: ConnectionInfo;
  /** Who talks; `null` before it is known, or where nobody is. */
  application: Application | null;
  /** Who talked first. */
  first: Application | null;
  private readonly environment: ReaderEnvironment;
  private readers: [Waiting | null, Waiting | null];
  private isLooking: boolean;
  private forced: Application | null;
  private steps: number;
  /** How often it became something else where it stands, and where that is. */
  private changes: number;
  private changedAt: number;
  /** The port that stands for what follows, once the connection became something else; 0 for none. */
  private tunnelPort: number | null;

  constructor(environment: ReaderEnvironment, info: ConnectionInfo) {
    const { inputLimit } = environment;
    this.environment = environment;
    this.info = info;
    this.inputs = [new SideInput(0, inputLimit), new SideInput(1, inputLimit)];
    this.application = null;
    this.first = null;
    this.readers = [null, null];
    this.isLooking = true;
    this.forced = null;
    this.steps = 0;
    this.changes = 0;
    this.changedAt = -1;
    this.tunnelPort = null;
  }

  get dissector(): Dissector {
    return this.environment.dissector;
  }
  get shows(): boolean {
    return this.environment.onMessage !== null;
  }
  /** Whether nothing more is read of it. */
  get isIdle(): boolean {
    return !this.isLooking && this.readers[0] === null && this.readers[1] === null;
  }
  /** Whether nobody reads what was said so far. */
  get isUnknown(): boolean {
    if (this.application !== null) return false;
    return this.isIdle || (this.isLooking && this.inputs.every(({ unread }) => unread === 0));
  }
  /** Bytes kept. */
  get held(): number {
    return this.inputs[0].held + this.inputs[1].held;
  }

  // What whoever has the stream calls.

  /** Takes the next bytes of a side; they may be written over when this returns. */
  data(side: Side, bytes: Uint8Array, start: number, end: number, origin: Origin): void {
    const input = this.inputs[side];
    if (this.isIdle) {
      input.offset += end - start;
      return;
    }
    input.push(bytes, start, end, origin);
    this.run(side);
    // A reader may wait for the other side, but not for ever; where none reads any more, nothing is lost.
    if (input.unread > 2 * input.limit) {
      if (this.readers[side] === null && !this.isLooking) input.drop();
      else this.giveUp("too much waits to be read");
    }
    this.settle(input);
  }

  /** Says that bytes of a side are missing. */
  gap(side: Side, length: number): void {
    const input = this.inputs[side];
    if (this.isIdle) {
      input.offset += length;
      return;
    }
    input.pushGap(length);
    this.run(side);
    this.settle(input);
  }

  private settle(input: SideInput): void {
    if (this.isIdle) for (const one of this.inputs) one.drop();
    input.settle();
  }

  /** Says that a side has ended; not of its own will where `isClosed` is false: it was reset, or the capture is over. */
  end(side: Side, isClosed = true): void {
    this.inputs[side].finish(isClosed);
    this.run(side);
    this.settle(this.inputs[side]);
  }

  /** Reads nothing more of the connection. */
  giveUp(why: string): void {
    for (const input of this.inputs) {
      const { offset, available } = input;
      if (available === 0) continue;
      this.note(
        this.application?.name ?? "",
        "limit",
        input.place(offset, offset + available),
        why,
      );
    }
    this.readers = [null, null];
    this.isLooking = false;
    for (const input of this.inputs) input.drop();
  }

  private run(side: Side): void {
    const other: Side = side === 0 ? 1 : 0;
    for (;;) {
      if (this.isLooking && !this.look()) return;
      const before = this.progress();
      this.step(side);
      this.step(other);
      if (this.progress() === before) return;
    }
  }

  /** Changes when anything was read, or somebody else reads. */
  private progress(): number {
    return this.inputs[0].offset + this.inputs[1].offset + this.steps;
  }

  private step(side: Side): void {
    const reader = this.readers[side];
    if (reader === null) return;
    const { done } = reader.next();
    if (done !== true || this.readers[side] !== reader) return;
    this.readers[side] = null;
    this.steps++;
  }

  // Which application it is.

  /** Whether it is known by now who talks, or that nobody known does. */
  private look(): boolean {
    const found = this.forced ?? this.find();
    if (found === "more") return false;
    this.forced = null;
    this.application = found;
    this.first ??= found;
    if (found === null) for (const input of this.inputs) input.skip(input.available);
    if (found === null && this.environment.looksAgain === true) return false;
    this.isLooking = false;
    this.steps++;
    if (found === null) return true;
    const [client, server] = found.read(this);
    this.readers = [client, server];
    return true;
  }

  private find(): Application | null | "more" {
    const { applications, isByContent } = this.environment;
    const isLast = this.inputs.some(
      (input) => input.available >= ENOUGH || (input.isBlocked && input.available > 0),
    );
    const isOver = this.inputs[0].isBlocked && this.inputs[1].isBlocked;
    if (this.inputs[0].available + this.inputs[1].available === 0) {
      // What a gap cut off is no beginning; what follows it may look like one.
      for (const input of this.inputs) input.pass();
      if (!isOver) return "more";
    }
    const expected = this.expected();
    let waits = false;
    let perhaps: Application | null = null;
    for (const one of expected) {
      const verdict = this.ask(one, true);
      if (verdict === "perhaps") perhaps ??= one;
      if (verdict === "yes" || (verdict === "more" && (isLast || isOver))) return one;
      if (verdict === "more") return "more";
    }
    for (const one of applications) {
      if (expected.includes(one) || !isByContent(one)) continue;
      const verdict = this.ask(one, false);
      if (verdict === "yes") return one;
      waits ||= verdict === "more";
    }
    return waits && !isLast && !isOver ? "more" : perhaps;
  }

  private ask(application: Application, isExpected: boolean): Verdict {
    return application.guess(this.firstBytes(isExpected));
  }

  private firstBytes(isExpected: boolean): FirstBytes {
    return {
      inputs: this.inputs,
      info: this.info,
      isExpected,
      shared: (make) => this.shared(make),
    };
  }

  /** Those that were announced, then those that a port stands for: the server's first, and what was bound before what is usual. */
  private expected(): Application[] {
    const { applications, dissector } = this.environment;
    const first = this.firstBytes(true);
    const found = applications.filter((one) => one.expects?.(first) === true);
    const { info, tunnelPort } = this;
    const ports = tunnelPort === null ? [info.dstPort, info.srcPort] : [tunnelPort];
    for (const port of ports) {
      const bound = dissector.lookup(tcpPorts, port)?.schema.root;
      for (const one of applications)
        if (one.protocols.some(({ schema }) => schema.root === bound)) found.push(one);
      for (const one of applications) if (one.ports.includes(port)) found.push(one);
    }
    return found;
  }

  // What readers call.

  shared<T>(make: () => T): T {
    const { shared } = this.environment;
    let one = shared.get(make) as T | undefined;
    if (one === undefined) {
      one = make();
      shared.set(make, one);
    }
    return one;
  }

  emit(event: AnalysisEvent): void {
    this.environment.onEvent(event);
  }

  note(protocol: string, kind: StreamNote["kind"], place: Place, text: string): void {
    this.emit({ type: "note", connection: this.info, place, protocol, kind, text });
  }

  dissect(protocol: AnyProtocol, bytes: Uint8Array, start: number, end: number): Layer {
    return this.dissector.dissect(bytes.slice(start, end), protocol).bottom;
  }

  show(side: Side, layers: readonly Layer[], from: number, to: number): void {
    this.environment.onMessage?.({ side, layers, from, to }, this);
  }

  named(name: string): Application | null {
    return this.environment.applications.find((one) => one.name === name) ?? null;
  }

  become(application: Application | null, port = 0): void {
    this.readers = [null, null];
    this.tunnelPort = port;
    this.forced = application;
    this.steps++;
    const at = this.inputs[0].offset + this.inputs[1].offset;
    this.changes = at === this.changedAt ? this.changes + 1 : 0;
    this.changedAt = at;
    // Applications that make each other of what none of them reads would never end.
    this.isLooking = this.changes < MOST_CHANGES;
    if (!this.isLooking) this.application = null;
  }
}
