import { readFileSync } from "node:fs";
import { DeviceError } from "./errors.ts";
import { Errno } from "./native/libc.ts";
import { NetlinkError, NetlinkSocket, Protocol } from "./native/netlink.ts";
import {
  acknowledgementOf,
  MessageWriter,
  messagesOf,
  type NetlinkMessage,
  Type,
} from "./native/netlink-message.ts";
import {
  MSG_CONFIG,
  type QueuedPacket,
  type QueueSettings,
  queuedPacketOf,
  type Ruling,
  writeBind,
  writeFamily,
  writeVerdict,
} from "./native/nfqueue.ts";
import { Readiness } from "./native/readiness.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const ENOENT = 2;
const EBUSY = 16;
const NF_REPEAT = 4;
/** Bytes of verdicts, 64 of them, that are collected before the kernel gets them: until then the packets fill the queue. */
const FLUSH_AT = 1 << 11;
/** How long packets are read without a turn for anything else, in milliseconds. */
const TURN = 4;

/** What a queue tells of what happens to it. */
export interface QueueEvents {
  /** A packet; its bytes are good only while this runs. */
  packet(packet: QueuedPacket): void;
  /** Whether another packet may be handed out. */
  hasRoom(): boolean;
  /** The kernel refused the verdict on a packet. */
  refused(error: DeviceError): void;
  /** The queue cannot go on. */
  failed(error: unknown): void;
}

/** What the kernel counts of a queue. */
export interface KernelQueueStats {
  /** Packets that wait for their verdicts. */
  readonly waiting: number;
  /** Packets dropped because the queue was full. */
  readonly dropped: number;
  /** Packets dropped because they were not taken from the kernel in time. */
  readonly notTaken: number;
}

/** One queue of NFQUEUE, with a socket of its own: what comes out, and the verdicts that go in, several at a time. */
export class PacketQueue {
  readonly number: number;
  /** How often the kernel could not hand packets over, because too many waited to be read (ENOBUFS). */
  overruns: number;
  /** Packets that were gone when the verdict came, such as those of an interface that was taken down. */
  vanished: number;
  private readonly socket: NetlinkSocket;
  private readonly events: QueueEvents;
  private readonly writer: MessageWriter;
  private readiness: Readiness | null;
  private isStopping: boolean;
  private isFlushing: boolean;
  /** Ends the waiting for room. */
  private resume: (() => void) | null;

  /** Nothing is handed out before {@link run}. */
  constructor(number: number, settings: QueueSettings, bufferSize: number, events: QueueEvents) {
    this.number = number;
    this.events = events;
    this.overruns = this.vanished = 0;
    this.writer = new MessageWriter(1024);
    this.readiness = null;
    this.isStopping = this.isFlushing = false;
    this.resume = null;
    this.socket = openedSocket();
    try {
      this.socket.setBuffer(bufferSize);
      this.bind(settings);
      this.readiness = new Readiness(this.socket.fd);
    } catch (error) {
      this.socket.close();
      throw error;
    }
  }

  private bind(settings: QueueSettings): void {
    const { socket, number } = this;
    // Asked first because these say by their errors what is missing: the rights, or the kernel's part.
    for (const family of [AF_INET, AF_INET6]) {
      try {
        socket.request({
          type: MSG_CONFIG,
          device: "",
          what: "packet queues",
          body: (writer) => writeFamily(writer, family),
        });
      } catch (error) {
        throw queuesFault(error);
      }
    }
    try {
      socket.request(
        {
          type: MSG_CONFIG,
          device: "",
          what: `packet queue ${number}`,
          body: (writer) => writeBind(writer, number, settings),
        },
        (message) => this.early(message),
      );
    } catch (error) {
      throw takenFault(error, number);
    }
  }

  /** What comes before the queue is set up waits there without its bytes, or lies in front of the answer: it shall come again. */
  private early({ type, body }: NetlinkMessage): void {
    const packet = queuedPacketOf(type, body);
    if (packet !== null) this.repeat(packet.id);
  }

  private repeat(id: number): void {
    this.rule({ queue: this.number, id, verdict: NF_REPEAT });
  }

  /** Hands packets out until it is stopped. */
  async run(): Promise<void> {
    let turn = performance.now();
    this.flush();
    while (!this.isStopping) {
      if (!this.events.hasRoom()) {
        this.flush();
        await new Promise<void>((resolve) => {
          this.resume = resolve;
        });
      } else if (!this.take()) {
        // Verdicts first: somebody may wait for them.
        this.flush();
        if (!this.isStopping) await this.readiness!.wait(Number.POSITIVE_INFINITY);
        turn = performance.now();
      }
      if (performance.now() - turn > TURN) {
        this.flush();
        await new Promise((resolve) => setImmediate(resolve));
        turn = performance.now();
      }
    }
    this.flush();
  }

  /** Reads once; false where there was nothing. */
  private take(): boolean {
    const read = this.socket.receive();
    if (read === Errno.EAGAIN) return false;
    if (read === Errno.ENOBUFS) {
      this.overruns++;
      return true;
    }
    if (typeof read === "number") {
      this.events.failed(new NetlinkError("", `packet queue ${this.number}`, read));
      return false;
    }
    for (const message of messagesOf(read)) this.message(message);
    return true;
  }

  private message(message: NetlinkMessage): void {
    if (message.type === Type.ERROR) {
      const { number, text } = acknowledgementOf(message);
      if (number === ENOENT) this.vanished++;
      else if (number !== 0) {
        const what = `packet queue ${this.number}: verdict on packet ${message.sequence}`;
        this.events.refused(new NetlinkError("", what, number, text));
      }
      return;
    }
    const packet = queuedPacketOf(message.type, message.body);
    if (packet === null) return;
    if (packet.payload === null) this.repeat(packet.id);
    else this.events.packet(packet);
  }

  /** Collects a verdict; {@link flush} or {@link flushSoon} sends it. */
  rule(ruling: Ruling): void {
    writeVerdict(this.writer, ruling);
    if (this.writer.length >= FLUSH_AT) this.flush();
  }

  /** Sends what was collected when all that is settled now has had its turn. */
  flushSoon(): void {
    if (this.isFlushing) return;
    this.isFlushing = true;
    setImmediate(() => {
      this.isFlushing = false;
      this.flush();
    });
  }

  flush(): void {
    const { writer, socket } = this;
    if (writer.length === 0 || socket.fd < 0) return;
    const number = socket.send(writer.written());
    writer.clear();
    if (number !== 0) this.events.failed(new NetlinkError("", "sending verdicts", number));
  }

  /** There is room again for packets. */
  goOn(): void {
    this.resume?.();
    this.resume = null;
  }

  /** Ends {@link run}. */
  stop(): void {
    this.isStopping = true;
    this.goOn();
    this.readiness?.wake();
  }

  /** Gives all that can be read now the same verdict, without looking at it. */
  settleAll(verdict: number): void {
    for (let read = this.socket.receive(); read !== Errno.EAGAIN; read = this.socket.receive()) {
      if (read === Errno.ENOBUFS) continue;
      if (typeof read === "number") return;
      for (const { type, body } of messagesOf(read)) {
        const packet = queuedPacketOf(type, body);
        if (packet !== null) this.rule({ queue: this.number, id: packet.id, verdict });
      }
    }
    this.flush();
  }

  /** Gives the queue back. What still waits is dropped. */
  close(): void {
    this.flush();
    this.readiness?.close();
    this.readiness = null;
    this.socket.close();
  }

  /** What the kernel counts; `null` where it does not say. */
  kernelStats(): KernelQueueStats | null {
    try {
      return kernelStatsOf(readFileSync(STATS, "latin1"), this.number);
    } catch {
      return null;
    }
  }
}

const STATS = "/proc/net/netfilter/nfnetlink_queue";

/** A line is: queue, socket, packets waiting, how they are copied, range, dropped, not handed over, last number, 1. */
function kernelStatsOf(text: string, queue: number): KernelQueueStats | null {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const line = lines.find(([number]) => number === queue);
  if (line === undefined || line.length < 7) return null;
  return { waiting: line[2]!, dropped: line[5]!, notTaken: line[6]! };
}

function openedSocket(): NetlinkSocket {
  try {
    return new NetlinkSocket(Protocol.NETFILTER);
  } catch (error) {
    throw queuesFault(error);
  }
}

const NO_QUEUES =
  "the kernel has no packet queues: load their module (modprobe nfnetlink_queue), or use a kernel that was built with CONFIG_NETFILTER_NETLINK_QUEUE";

/** What an error says of the first that is asked of queues; a kernel without them finds the question invalid. */
export function queuesFault(error: unknown): unknown {
  if (!(error instanceof NetlinkError)) return error;
  const isMissing = error.number === Errno.EINVAL || error.code === "ERR_DEVICE_SUPPORT";
  if (!isMissing) return error;
  return new DeviceError("ERR_DEVICE_SUPPORT", "", NO_QUEUES, { cause: error });
}

/** After the rights were proved, these say that a queue has somebody already. */
function takenFault(error: unknown, queue: number): unknown {
  const isTaken =
    error instanceof NetlinkError && (error.number === Errno.EPERM || error.number === EBUSY);
  if (!isTaken) return error;
  const message = `packet queue ${queue} is used already, by this program or another`;
  return new DeviceError("ERR_DEVICE_FAILED", "", message, { cause: error });
}
