import { ssh, sshEncrypted } from "../../protocols/application/ssh/ssh.ts";
import { isIdentification, strictPacketSize } from "../../protocols/application/ssh/whole.ts";
import type { Application, FirstBytes, Verdict } from "../application.ts";
import type { SideInput, Waiting } from "../input.ts";
import {
  type Beginning,
  type Identification,
  isOldVersion,
  parseIdentification,
  readBeginning,
} from "./banner.ts";
import { SshConnection } from "./connection.ts";
import { readEncrypted } from "./encrypted.ts";
import { cutOff, readPackets } from "./packets.ts";

/** Bytes that tell whether a side begins with a packet instead of its line: a capture that began late. */
const HEAD = 6;
const PREFIX = "SSH-";

/** Either side's first letters tell it; on its own port it is whatever is said there. */
function guess({ inputs, isExpected }: FirstBytes): Verdict {
  let verdict: Verdict = "no";
  for (const { bytes, start, end, available } of inputs) {
    if (available === 0) continue;
    if (isExpected || isIdentification(bytes, start, end)) return "yes";
    let shared = 0;
    while (shared < available && bytes[start + shared] === PREFIX.charCodeAt(shared)) shared++;
    if (shared === available) verdict = "more";
  }
  return verdict;
}

/** One side: a line, packets, and what it sends in cipher. */
function* read(state: SshConnection, input: SideInput): Waiting {
  if (yield* identify(state, input)) yield* readPackets(state, input);
  yield* readEncrypted(state, input);
}

/** Reads up to where packets begin; false where none are to be expected. */
function* identify(state: SshConnection, input: SideInput): Waiting<boolean> {
  for (;;) {
    input.begin();
    if ((yield* input.has(HEAD)) && strictPacketSize(input.bytes, input.start, input.end) > 0)
      return true;
    const beginning = yield* readBeginning(state, input);
    if (beginning.line !== null) {
      const { version } = tellBanner(state, beginning);
      state.isOld ||= isOldVersion(version);
      return !state.isOld;
    }
    if (!beginning.isCut) {
      state.connection.note("ssh", "garbage", beginning.place, "no identification begins here");
      return false;
    }
    if (beginning.before.length > 0) noLine(state, beginning);
    if (!cutOff(state, input)) return false;
  }
}

function noLine({ connection }: SshConnection, { place }: Beginning): void {
  connection.note("ssh", "incomplete", place, "lines, but none of identification");
}

function tellBanner(
  { connection }: SshConnection,
  { line, place, before }: Beginning,
): Identification {
  const parts = parseIdentification(line!);
  connection.emit({
    type: "ssh.banner",
    connection: connection.info,
    place,
    line: line!,
    ...parts,
    isOld: isOldVersion(parts.version),
    before,
  });
  return parts;
}

/** The Secure Shell (RFC 4253), as far as it is not encrypted. */
export const sshApplication: Application = {
  name: "ssh",
  ports: [22],
  protocols: [ssh, sshEncrypted],
  guess,
  read: (connection) => {
    const state = new SshConnection(connection);
    return [read(state, connection.inputs[0]), read(state, connection.inputs[1])];
  },
};
