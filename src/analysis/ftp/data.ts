import { ftpData } from "../../protocols/application/ftp/data.ts";
import type { Application, Connection, FirstBytes, Verdict } from "../application.ts";
import type { SideInput, Waiting } from "../input.ts";
import { showingSegments } from "../text/segments.ts";
import type { FtpEndEvent, FtpFileEvent } from "./events.ts";
import { type FtpExpectation, ftpExpectations } from "./expectations.ts";

const listings: ReadonlySet<string> = new Set(["LIST", "NLST", "MLSD"]);
const uploads: ReadonlySet<string> = new Set(["STOR", "STOU", "APPE"]);

/** The time of the first byte that a connection has. */
function secondsOf(inputs: readonly SideInput[]): number {
  for (const input of inputs)
    if (input.available > 0) return input.place(input.offset, input.offset + 1).seconds;
  return 0;
}

function guess({ inputs, info, isExpected, shared }: FirstBytes): Verdict {
  for (const { bytes, start, available } of inputs) {
    // The handshake of TLS, of whom protects data too (RFC 4217 §9).
    if (available >= 2 && bytes[start] === 22 && bytes[start + 1] === 3) return "no";
  }
  if (shared(ftpExpectations).find(info, secondsOf(inputs)) !== null) return "yes";
  return isExpected ? "yes" : "no";
}

/** Bytes of one side: a file. */
function* read(
  connection: Connection,
  input: SideInput,
  expectation: FtpExpectation | null,
): Waiting {
  input.begin();
  if (!(yield* input.any()) && input.gap === 0) return;
  const from = input.offset;
  const event = fileOf(connection, input, expectation);
  connection.emit(event);
  let [size, missing] = [0, 0];
  for (;;) {
    while (yield* input.any()) {
      size += input.available;
      tell(connection, input, event, input.offset - from);
    }
    const { offset } = input;
    const gap = input.pass();
    if (gap === 0) break;
    missing += gap;
    connection.note("ftp", "gap", input.place(offset, offset), `${gap} bytes are missing`);
  }
  const place = input.place(input.offset, input.offset);
  const complete = missing === 0 && input.isClosed;
  const end: FtpEndEvent = {
    type: "ftp.end",
    connection: connection.info,
    place,
    file: event,
    size,
    missing,
    complete,
  };
  connection.emit(end);
}

/** What is known of a file by who sends its first byte, and by what was asked for. */
function fileOf(
  connection: Connection,
  input: SideInput,
  expectation: FtpExpectation | null,
): FtpFileEvent {
  const command = expectation?.command ?? null;
  const isListing = command !== null && listings.has(command.command);
  const isUpload =
    command === null ? !isFromServer(connection, input, expectation) : uploads.has(command.command);
  return {
    type: "ftp.file",
    connection: connection.info,
    place: input.place(input.offset, input.offset + input.available),
    command,
    name: command?.argument ?? "",
    direction: isUpload ? "upload" : "download",
    isListing,
  };
}

/** Whether bytes come from the server of the control connection: it listens, or it connects from port 20 (RFC 959 §3.2). */
function isFromServer(
  { info }: Connection,
  { side }: SideInput,
  expectation: FtpExpectation | null,
): boolean {
  if (expectation === null) return (side === 0 ? info.srcPort : info.dstPort) === 20;
  const isListener = (side === 0 ? info.srcPort : info.dstPort) === expectation.port;
  return isListener === (expectation.listener === "server");
}

function tell(connection: Connection, input: SideInput, file: FtpFileEvent, offset: number): void {
  input.begin();
  const { bytes, start, end, available } = input;
  const place = input.place(input.offset, input.offset + available);
  const { info } = connection;
  const piece = bytes.subarray(start, end);
  connection.emit({ type: "ftp.data", connection: info, place, file, offset, bytes: piece });
  input.skip(available);
}

/** Data connections of FTP: those that a control connection announced, and those of port 20. */
export const ftpDataApplication: Application = {
  name: "ftp-data",
  ports: [20],
  protocols: [ftpData],
  guess,
  expects: ({ inputs, info, shared }) =>
    shared(ftpExpectations).find(info, secondsOf(inputs)) !== null,
  read(connection: Connection) {
    const [client, server] = connection.inputs;
    const expectations = connection.shared(ftpExpectations);
    const expectation = expectations.find(connection.info, secondsOf(connection.inputs));
    if (expectation !== null) expectations.remove(expectation);
    const readers = (input: SideInput): Waiting =>
      showingSegments(connection, input, ftpData, read(connection, input, expectation));
    return [readers(client), readers(server)];
  },
};
