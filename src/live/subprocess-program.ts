import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { dltNames } from "../protocols/iana/link-types.ts";
import { DeviceError, type DeviceErrorCode } from "./errors.ts";
import { PERMISSION_HELP } from "./native/libc.ts";
import type { CaptureDirection } from "./source.ts";

/** Programs that can capture for this process. */
export const capturePrograms = ["tcpdump", "dumpcap"] as const;
export type ProgramName = (typeof capturePrograms)[number];

/** What a capture program is asked for. */
export interface ProgramRequest {
  readonly snaplen: number;
  readonly promiscuous: boolean;
  readonly immediate: boolean;
  readonly monitor: boolean;
  readonly nanoseconds: boolean;
  readonly bufferSize: number;
  readonly direction: CaptureDirection;
  readonly linkType: number | undefined;
  /** In the language of pcap-filter(7); `null` for all packets. */
  readonly expression: string | null;
}

/** Where programs for the administrator lie, which the `PATH` of other users often leaves out. */
const SBIN = ["/usr/local/sbin", "/usr/sbin", "/sbin"];
const MISSING =
  'neither tcpdump nor dumpcap is installed: on Debian and Ubuntu "apt install tcpdump", on Fedora "dnf install tcpdump", on Alpine "apk add tcpdump"';

/** The path of a program that this process may run; `null` where there is none. */
export function findProgram(name: ProgramName): string | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((one) => one !== "");
  for (const folder of [...folders, ...SBIN]) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not here.
    }
  }
  return null;
}

/** The program that is wanted, or the first that is there. */
export function chooseProgram(
  device: string,
  wanted: ProgramName | undefined,
): { readonly name: ProgramName; readonly path: string } {
  for (const name of wanted === undefined ? capturePrograms : [wanted]) {
    const path = findProgram(name);
    if (path !== null) return { name, path };
  }
  const missing = wanted === undefined ? MISSING : `the program ${wanted} is not installed`;
  throw new DeviceError("ERR_DEVICE_SUPPORT", device, `${device}: ${missing}`);
}

/** The arguments of a program. No shell sees them, and no text of the caller can become an option. */
export function programArguments(
  name: ProgramName,
  device: string,
  request: ProgramRequest,
): string[] {
  return name === "tcpdump" ? forTcpdump(device, request) : forDumpcap(device, request);
}

const directions = { both: "inout", in: "in", out: "out" } as const;

function forTcpdump(device: string, request: ProgramRequest): string[] {
  const { snaplen, bufferSize, direction, linkType, expression } = request;
  // Each packet is written at once (-U): the last one before a silence would wait for the next otherwise.
  const list = ["-i", device, "-w", "-", "-U", "-n", "-s", `${snaplen}`];
  list.push("-B", `${Math.ceil(bufferSize / 1024)}`);
  if (request.immediate) list.push("--immediate-mode");
  if (!request.promiscuous) list.push("-p");
  if (request.monitor) list.push("-I");
  if (request.nanoseconds) list.push("--time-stamp-precision=nano");
  // macOS' own tcpdump gives -Q another meaning: it is used only where it is needed.
  if (direction !== "both") list.push("-Q", directions[direction]);
  if (linkType !== undefined) list.push("-y", linkTypeName(linkType));
  // A filter that begins like an option would be one.
  if (expression !== null) list.push("--", expression);
  return list;
}

function forDumpcap(device: string, request: ProgramRequest): string[] {
  const { snaplen, bufferSize, direction, linkType, expression } = request;
  if (direction !== "both") throw noDirection(device);
  const list = ["-i", device, "-P", "-w", "-", "-q", "-s", `${snaplen}`];
  list.push("-B", `${Math.ceil(bufferSize / 2 ** 20)}`);
  if (!request.promiscuous) list.push("-p");
  if (request.monitor) list.push("-I");
  if (linkType !== undefined) list.push("-y", linkTypeName(linkType));
  if (expression !== null) list.push("-f", expression);
  return list;
}

/** What asking dumpcap for one direction throws. */
export const noDirection = (device: string): DeviceError =>
  new DeviceError("ERR_DEVICE_SUPPORT", device, `${device}: dumpcap knows no direction`);

function linkTypeName(linkType: number): string {
  const name = dltNames.get(linkType);
  if (name !== undefined) return name;
  throw new RangeError(`linkType: ${linkType} is the number of no link type`);
}

/** The header of an empty pcap file. */
function emptyCapture(linkType: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(linkType, 20);
  return header;
}

/** What is wrong with a filter, in the words of tcpdump, which reads an empty file for it; `null` for nothing. */
export function filterFault(path: string, linkType: number, expression: string): string | null {
  const { status, stderr } = spawnSync(
    path,
    ["-n", "-r", "-", "-w", "/dev/null", "--", expression],
    {
      input: emptyCapture(linkType),
      env: plainEnvironment(),
      timeout: 10_000,
      encoding: "utf8",
    },
  );
  if (status === 0) return null;
  const said = messages("tcpdump", stderr ?? "");
  // A tcpdump that could not even read the file has said nothing about the filter.
  return said === "" ? null : said;
}

/** Messages are read by this program: they must not be in the language of the user. */
export const plainEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: "C" });

/** What a program says when it has opened the interface, and when nothing can be lost any more. */
export const begins: Readonly<Record<ProgramName, RegExp>> = {
  tcpdump: /^(?:tcpdump: )?listening on /m,
  dumpcap: /^File: /m,
};

/** Lines that tell of no fault, or of none that has to do with it. */
const progress =
  /^(?:tcpdump: )?listening on |^reading from |^Capturing on |^File: |cap_set_proc\(\)|^\s*$/;
/** Lines of a message that are told; what follows is advice for users of that program. */
const MOST_LINES = 2;

/** The faults among what a program said, on one line. */
export function messages(name: ProgramName, text: string): string {
  return text
    .split("\n")
    .filter((line) => !progress.test(line))
    .slice(0, MOST_LINES)
    .map((line) => (line.startsWith(`${name}: `) ? line.slice(name.length + 2) : line).trim())
    .join(" ");
}

const faults: readonly (readonly [RegExp, DeviceErrorCode])[] = [
  [/permi(?:ssion|tted)/i, "ERR_DEVICE_PERMISSION"],
  [/no such device|no device named|disappeared|no longer attached/i, "ERR_DEVICE_MISSING"],
  [/not up|went down|network is down/i, "ERR_DEVICE_DOWN"],
  [/not support|n't support|supported by this device/i, "ERR_DEVICE_SUPPORT"],
];

/** The error that a program's own words tell of. */
export function programError(
  name: ProgramName,
  device: string,
  said: string,
  how: string,
): DeviceError {
  const code = faults.find(([words]) => words.test(said))?.[1] ?? "ERR_DEVICE_FAILED";
  const help = code === "ERR_DEVICE_PERMISSION" ? `; ${PERMISSION_HELP}` : "";
  const own = said.startsWith(`${device}: `) ? said.slice(device.length + 2) : said;
  const text = said === "" ? `${name} ended${how}` : `${name}: ${own}`;
  return new DeviceError(code, device, `${device}: ${text}${help}`);
}
