import { expect } from "vitest";
import { type Child, lab, type Namespace, noLab } from "./lab.ts";

/** Where what is intercepted goes to. */
export const PORT = "7777";

/** Why packets cannot be intercepted here; `null` where they can. Said by what makes the rules. */
async function reason(): Promise<string | null> {
  if (noLab !== null) return noLab;
  const one = await lab();
  try {
    queueTo(one.left, 0);
    return null;
  } catch (error) {
    return `iptables has no NFQUEUE: ${(error as Error).message.split("\n")[0]}`;
  } finally {
    await one.close();
  }
}

/** Sends what goes to a port to a queue, in both versions of IP. */
export function queueTo(from: Namespace, queue: number, ...more: string[]): void {
  for (const command of ["iptables", "ip6tables"])
    from.exec([
      command,
      ...(more.length > 0 ? more : ["-A", "OUTPUT", "-p", "udp", "--dport", PORT]),
      ...["-j", "NFQUEUE", "--queue-num", String(queue)],
    ]);
}

/** What all programs begin with. They print what they see, and do what they are told on standard input. */
export const prelude = `
  import { Interceptor } from "wirecraft/live";
  import { build, createDissector } from "wirecraft/packet";
  import { all, ipv4, ipv6, udp } from "wirecraft/protocols";
  const textOf = (packet) => new TextDecoder().decode(packet.raw);
  const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const say = (value) => console.log(typeof value === "string" ? value : JSON.stringify(value));
  const told = (async function* () {
    for await (const text of process.stdin) yield* String(text).trim().split("\\n");
  })();
  const next = async () => (await told.next()).value;
`;

/** Prints every datagram that comes to a port. A wrong checksum does not come that far. */
const receiver = `
  import { createSocket } from "node:dgram";
  const socket = createSocket({ type: "udp6", recvBufferSize: 1 << 22 });
  socket.on("message", (text, { address, port }) => console.log(String(text)));
  socket.bind(Number(process.argv[1]), "::", () => console.log("ready"));
`;

/** Starts the receiver. */
export async function listen(at: Namespace, port = PORT): Promise<Child> {
  const child = at.spawnNode(receiver, [port]);
  expect(await child.line()).toBe("ready");
  return child;
}

/** Sends a datagram. */
export function send(from: Namespace, to: string, text: string, port = PORT): void {
  from.exec(["bash", "-c", `printf %s "$2" > "/dev/udp/$0/$1"`, to, port, text]);
}

/** Starts a program that intercepts, and waits until it does. */
export async function intercept(
  at: Namespace,
  program: string,
  ...before: string[]
): Promise<Child> {
  const child = at.spawnNode(prelude + program, [], before);
  expect(await child.line().catch((error: Error) => error.message)).toBe("ready");
  return child;
}

/** Tells a program to end, and gives the statistics that it prints then. */
export async function end(child: Child): Promise<Record<string, unknown>> {
  child.write("end\n");
  const stats = JSON.parse(await child.line());
  expect([await child.done, child.err()]).toEqual([0, ""]);
  return stats;
}

/** Ends a program when it is told to, with the statistics of its first queue. */
export const untilEnd = `
  say("ready");
  await next();
  await interceptor.stop();
  say(interceptor.stats()[0]);
  process.exit();
`;

/** Why tests of interception are skipped; `null` where they are not. */
export const missing = await reason();
if (missing !== null && noLab === null) console.log(`skipped: interception (${missing})`);
