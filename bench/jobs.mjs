// The jobs of the library, done with Wirecraft. Each takes the packets of a capture and adds up a number.
// One process does one job (see peers/wirecraft.mjs), so that no job pays for, or lives on, what another did before.

/** What a packet adds to the sum of a job, by the job's name; made from the package, as a program that imports it would. */
export const jobs = {
  /** The records of the file, nothing taken apart. */
  read: () => () => 0,
  /** Every layer, no field: one has to take the whole packet apart to know that it has no UDP. */
  dissect:
    ({ udp }) =>
    (packet) =>
      packet.get(udp) === undefined ? 0 : 1,
  tcp:
    ({ tcp }) =>
    (packet) =>
      packet.get(tcp)?.dstPort ?? 0,
  dns:
    ({ dns }) =>
    (packet) => {
      const message = packet.get(dns);
      if (message === undefined) return 0;
      let sum = 0;
      for (const question of message.questions) sum += question.name.length;
      for (const answer of message.answers) {
        sum += answer.name.length;
        if (answer.is === "cname") sum += answer.cname.length;
      }
      return sum;
    },
};

/** Does a job with every packet of the file. */
export async function work(wirecraft, job, file) {
  const add = jobs[job](wirecraft);
  let packets = 0;
  let sum = 0;
  for await (const batch of wirecraft.openCapture(file).batches()) {
    for (const packet of batch) {
      packets++;
      sum += add(packet);
    }
  }
  return { packets, sum };
}

/** Which of them is done with which capture, and what is right where it is not the sum that the capture was made with. */
export const libraryCases = [
  { job: "read", capture: "tcp-small", sum: 0 },
  { job: "dissect", capture: "tcp-small", sum: 0 },
  { job: "tcp", capture: "tcp-small" },
  { job: "read", capture: "tcp-large", sum: 0 },
  { job: "tcp", capture: "tcp-large" },
  { job: "dns", capture: "dns" },
];
