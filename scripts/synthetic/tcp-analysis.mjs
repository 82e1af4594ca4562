// TCP connections in which much goes wrong: lost, late, sent again, held up by windows, and begun with data.
import { build, tcp } from "wirecraft";
import { counting, frame, IP_A, IP_B, packet4 } from "./common.mjs";

// A step: who sends, flags, sequence and acknowledgment number, bytes of data, window, milliseconds since the step before,
// options.
const handshake = [
  ["a", "syn", 0, 0],
  ["b", "syn+ack", 0, 1, 0, 1000, 10],
  ["a", "ack", 1, 1, 0, 1000, 10],
];
const cookie = [{ is: "fastOpen", cookie: counting(8) }];
const experiment = (kind) => [{ is: "experimentalFastOpen", kind, cookie: counting(8) }];

const connections = [
  // A window fills, is zero, is asked about, with and without taking the byte, and opens.
  [
    ...handshake,
    ["b", "ack", 1, 1, 0, 100],
    ["a", "ack", 1, 1, 100],
    ["b", "ack", 1, 101, 0, 0],
    ["a", "ack", 101, 1, 1],
    ["b", "ack", 1, 101, 0, 0],
    ["a", "ack", 101, 1, 1],
    ["b", "ack", 1, 102, 0, 0],
    ["b", "ack", 1, 102, 0, 500],
    ["a", "ack", 102, 1, 50],
    ["b", "ack", 1, 152, 0, 500],
  ],
  // Keep-alives with and without a byte.
  [
    ...handshake,
    ["a", "ack+psh", 1, 1, 10],
    ["b", "ack", 1, 11],
    ["a", "ack", 10, 1, 0, 1000, 60_000],
    ["b", "ack", 1, 11],
    ["a", "ack", 10, 1, 1, 1000, 60_000],
    ["b", "ack", 1, 11],
    ["b", "ack+psh", 1, 11, 20],
  ],
  // One is lost, asked for and sent again at once; then late, then though it was acknowledged.
  [
    ...handshake,
    ["a", "ack", 1, 1, 100],
    ["a", "ack", 201, 1, 100],
    ["b", "ack", 1, 101],
    ["b", "ack", 1, 101],
    ["b", "ack", 1, 101],
    ["a", "ack", 101, 1, 100, 1000, 2],
    ["b", "ack", 1, 301],
    ["a", "ack+psh", 301, 1, 100],
    ["a", "ack+psh", 301, 1, 100, 1000, 400],
    ["b", "ack", 1, 401],
    ["a", "ack+psh", 301, 1, 100],
    ["a", "ack+fin", 401, 1],
    ["b", "ack+fin", 1, 402],
    ["a", "ack", 402, 2],
  ],
  // Overtaken soon, and too late for that; acknowledged without being seen; part of it again with more.
  [
    ...handshake,
    ["a", "ack", 1, 1, 100],
    ["a", "ack", 201, 1, 100],
    ["a", "ack", 101, 1, 100, 1000, 3],
    ["a", "ack", 401, 1, 100],
    ["a", "ack", 301, 1, 100, 1000, 90],
    ["b", "ack", 1, 900],
    ["a", "ack", 450, 1, 200],
    ["b", "rst+ack", 1, 900],
  ],
  // Begun again from the same ports, with another number.
  [
    ["a", "syn", 0, 0],
    ...handshake.map(([from, flags, seq, ...rest]) => [
      from,
      flags,
      from === "a" ? seq + 700 : seq,
      ...rest,
    ]),
  ],
  // Data of Fast Open that is taken, ignored and sent again, with the option and with those of the experiments.
  [
    ["a", "syn", 0, 0, 5, 1000, 1, cookie],
    ["b", "syn+ack", 0, 6, 0, 1000, 10],
    ["a", "ack", 6, 1, 4, 1000, 10],
  ],
  [
    ["a", "syn", 0, 0, 5, 1000, 1, experiment(253)],
    ["b", "syn+ack", 0, 1, 0, 1000, 10],
    ["a", "ack", 1, 1, 5, 1000, 10],
  ],
  [
    ["a", "syn", 0, 0, 5, 1000, 1, [...cookie, ...experiment(254)]],
    ["a", "syn", 0, 0, 0, 1000, 500],
    ["b", "syn+ack", 0, 1, 0, 1000, 10],
  ],
  // Data without a cookie, taken and not; more acknowledged than was sent; an answer of which the SYN is missing.
  [
    ["a", "syn", 0, 0, 5],
    ["b", "syn+ack", 0, 6],
  ],
  [
    ["a", "syn", 0, 0, 5],
    ["b", "syn+ack", 0, 1],
  ],
  [
    ["a", "syn", 0, 0],
    ["b", "syn+ack", 0, 50],
  ],
  [
    ["b", "syn+ack", 0, 50],
    ["a", "ack", 50, 1],
    ["b", "ack", 1, 50],
  ],
  // Ends that are none: a FIN without ACK; and what a reset shows beside itself.
  [
    ["a", "syn", 0, 0],
    ["a", "syn", 0, 0, 5],
    ["a", "fin", 6, 0],
    ["b", "rst+ack", 0, 7],
    ["b", "rst+ack", 0, 7],
  ],
];

/** A segment between ports of nobody's: those of the connection are its own. */
function segment(i, [from, flags, seq, ack, data = 0, window = 1000, , options = []]) {
  const isFirst = from === "a";
  const ports = [50_600 + i, 50_599];
  return build(
    frame(),
    packet4(isFirst ? {} : { src: IP_B, dst: IP_A }),
    tcp({
      srcPort: ports[isFirst ? 0 : 1],
      dstPort: ports[isFirst ? 1 : 0],
      // The first numbers are random in a real connection; 0 would mean that nothing is known.
      seq: 5000 + seq,
      ack: flags.includes("ack") ? 5000 + ack : 0,
      window,
      options,
      flags: Object.fromEntries(flags.split("+").map((name) => [name, true])),
    }),
    counting(data),
  );
}

/** Milliseconds of each segment: one after the other, connection by connection. */
function times() {
  let clock = 0;
  return connections.flat().map(([, , , , , , after = 1]) => {
    clock += after;
    return clock;
  });
}

export const troubles = [
  {
    name: "tcp-analysis",
    linkType: 1,
    packets: () => connections.flatMap((steps, i) => steps.map((step) => segment(i, step))),
    times: times(),
  },
];
