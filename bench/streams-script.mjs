// What is sent in one TCP connection, in the order in which a capture would have it: a handshake, requests and answers with
// their acknowledgements, some trouble, and an end.

const FIN = 1;
const SYN = 2;
const RST = 4;
const PSH = 8;
const ACK = 16;

const MSS = 1460;
const mssOption = Buffer.from([2, 4, MSS >> 8, MSS & 255]);

/** Of a hundred connections, how many go on behind the end of the capture, and how many are reset; the others are ended. */
const OPEN = 2;
const RESET = 6;
/** Of a thousand runs of segments, how many have this trouble. */
const SWAPPED = 20;
const SENT_TWICE = 20;
const FILLED_LATE = 15;
const NOT_CAPTURED = 4;

/**
 * One segment: who sends it (0 the client), sequence and acknowledgement numbers counted from the initial ones (-1: none),
 * flags, bytes of payload, and where in the noise these begin.
 * @typedef {{ side: 0 | 1, seq: number, ack: number, flags: number, length: number, pick: number, options?: Buffer }} Segment
 */

class Connection {
  constructor(most, random, noise) {
    /** @type {Segment[]} */
    this.segments = [];
    this.most = most;
    this.random = random;
    this.noise = noise;
    /** Where each side sends next, and up to where each side's bytes have arrived at the other. */
    this.next = [1, 1];
    this.arrived = [1, 1];
    this.payload = 0;
    this.captured = 0;
  }

  get isFull() {
    return this.segments.length >= this.most;
  }

  push(side, flags, seq = this.next[side], options = undefined) {
    const ack = flags & ACK ? this.arrived[1 - side] : -1;
    this.segments.push({ side, seq, ack, flags, length: 0, pick: 0, options });
  }

  handshake() {
    this.segments.push({
      side: 0,
      seq: 0,
      ack: -1,
      flags: SYN,
      length: 0,
      pick: 0,
      options: mssOption,
    });
    this.segments.push({
      side: 1,
      seq: 0,
      ack: 1,
      flags: SYN | ACK,
      length: 0,
      pick: 0,
      options: mssOption,
    });
    this.push(0, ACK);
  }

  /** What one side sends in one go: from one to eight segments, as they leave it. */
  run(side) {
    const { random } = this;
    const count = side === 0 ? 1 + (random(4) === 0 ? 1 : 0) : 1 + random(8);
    return Array.from({ length: count }, () => {
      const length = random(100) < 6 ? MSS : 16 + random(224);
      const seq = this.next[side];
      this.next[side] += length;
      const pick = random(this.noise - length);
      return { side, seq, flags: ACK | PSH, length, pick, isFirst: true, isLost: false };
    });
  }

  /** The same as a capture sees it. */
  trouble(run) {
    const { random } = this;
    const kind = random(1000);
    const place = random(run.length);
    if (kind < SWAPPED) run.splice(0, 2, ...run.slice(0, 2).reverse());
    else if (kind < SWAPPED + SENT_TWICE) run.push({ ...run[place], isFirst: false });
    else if (kind < SWAPPED + SENT_TWICE + FILLED_LATE) run.push(run.splice(place, 1)[0]);
    else if (kind < SWAPPED + SENT_TWICE + FILLED_LATE + NOT_CAPTURED && run.length > 1)
      run[place].isLost = true;
    return run;
  }

  /** Sends a run; the other side acknowledges every second segment, and the last. */
  exchange(side) {
    const run = this.trouble(this.run(side));
    const early = new Map();
    let unanswered = 0;
    for (const { isFirst, isLost, ...segment } of run) {
      if (this.isFull) break;
      if (!isLost) {
        this.segments.push({ ...segment, ack: this.arrived[1 - side] });
        this.payload += segment.length;
        if (isFirst) this.captured += segment.length;
      }
      early.set(segment.seq, segment.length);
      while (early.has(this.arrived[side])) this.arrived[side] += early.get(this.arrived[side]);
      if (++unanswered === 2 && !this.isFull) {
        this.push(1 - side, ACK);
        unanswered = 0;
      }
    }
    if (unanswered > 0 && !this.isFull) this.push(1 - side, ACK);
    // What of the run found no place was never sent; what was lost to the capture or is late has arrived by now.
    this.next[side] = this.arrived[side] = Math.max(
      ...[...early].map(([seq, length]) => seq + length),
    );
  }

  end(length) {
    const side = this.random(2);
    if (length === 1) this.push(side, RST | ACK);
    if (length <= 1) return;
    this.finish(side);
    this.finish(1 - side);
  }

  finish(side) {
    this.push(side, FIN | ACK);
    this.next[side]++;
    this.arrived[side]++;
    this.push(1 - side, ACK);
  }
}

/**
 * A connection of `count` packets; `noise` is the number of bytes to pick payload from. `payload` counts the bytes that are in
 * the packets, `captured` each byte of the streams once.
 */
export function makeConnection(count, random, noise) {
  const kind = random(100);
  const end = kind < OPEN ? 0 : kind < OPEN + RESET ? 1 : 4;
  const one = new Connection(count - end, random, noise);
  one.handshake();
  for (let side = 0; !one.isFull; side = 1 - side) one.exchange(side);
  one.end(end);
  return { segments: one.segments, payload: one.payload, captured: one.captured };
}
