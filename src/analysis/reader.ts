import type { Dissector } from "../packet/dissector.ts";
import { tcpPorts } from "../protocols/transport/tcp.ts";
import type { Layer } from "../schema/layer.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import type { Application, Connection, ShownMessage, Verdict } from "./application.ts";
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

/**
 * Reads one connection: finds out which application talks, and lets its readers read as bytes come. Who feeds it decides
 * what order is: bytes of a side come in order and once, gaps where they are missing.
 */
export class ConnectionReader implements Connection {
  readonly inputs: readonly [SideInput, SideInput];
  readonly info: ConnectionInfo;
  /** Who talks; `null` before it is known, or where nobody is. */
  application: Application | null;
  private readonly environment: ReaderEnvironment;
  private readers: [Waiting | null, Waiting | null];
  private isLooking: boolean;
  private forced: Application | null;
  private steps: number;

  constructor(environment: ReaderEnvironment, info: ConnectionInfo) {
    const { inputLimit } = environment;
    this.environment = environment;
    this.info = info;
    this.inputs = [new SideInput(0, inputLimit), new SideInput(1, inputLimit)];
    this.application = null;
    this.readers = [null, null];
    this.isLooking = true;
    this.forced = null;
    this.steps = 0;
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
    // A reader may wait for the other side, but not for ever.
    if (input.unread > 2 * input.limit) this.giveUp(side);
    if (this.isIdle) for (const one of this.inputs) one.skip(one.available);
    input.settle();
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
    input.settle();
  }

  /** Says that a side has ended. */
  end(side: Side): void {
    this.inputs[side].finish();
    this.run(side);
  }

  /** Reads nothing more of a connection of which too much waits. */
  private giveUp(side: Side): void {
    const { offset, available } = this.inputs[side];
    const place = this.inputs[side].place(offset, offset + available);
    this.note(this.application?.name ?? "", "limit", place, "too much waits to be read");
    this.readers = [null, null];
    this.isLooking = false;
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
    this.isLooking = false;
    this.steps++;
    this.application = found;
    if (found === null) {
      for (const input of this.inputs) input.skip(input.available);
      return true;
    }
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
    for (const one of expected) {
      const verdict = this.ask(one, true);
      if (verdict === "yes" || (verdict === "more" && (isLast || isOver))) return one;
      if (verdict === "more") return "more";
    }
    for (const one of applications) {
      if (expected.includes(one) || !isByContent(one)) continue;
      const verdict = this.ask(one, false);
      if (verdict === "yes") return one;
      waits ||= verdict === "more";
    }
    return waits && !isLast && !isOver ? "more" : null;
  }

  private ask(application: Application, isExpected: boolean): Verdict {
    return application.guess({ inputs: this.inputs, info: this.info, isExpected });
  }

  /** Those that a port stands for: the server's first, and what was bound to it before what is usual. */
  private expected(): Application[] {
    const { applications, dissector } = this.environment;
    const found: Application[] = [];
    for (const port of [this.info.dstPort, this.info.srcPort]) {
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

  become(application: Application | null): void {
    this.readers = [null, null];
    this.forced = application;
    this.isLooking = true;
    this.steps++;
  }
}
