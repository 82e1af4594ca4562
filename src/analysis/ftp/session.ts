import type { Connection } from "../application.ts";
import type { Place } from "../input.ts";
import type { Credentials } from "../text/credentials.ts";
import type { Reply } from "../text/reply.ts";
import type { Roles } from "../text/roles.ts";
import { WaitingCommands } from "../text/waiting.ts";
import { extendedPassive, extendedPort, sixNumbers } from "./address.ts";
import type { FtpCommandEvent } from "./events.ts";
import { type FtpExpectation, type FtpExpectations, ftpExpectations } from "./expectations.ts";

/** Commands that use a data connection (RFC 959 §4.1.3, RFC 3659 §7). */
const transfers: ReadonlySet<string> = new Set([
  "RETR",
  "STOR",
  "STOU",
  "APPE",
  "LIST",
  "NLST",
  "MLSD",
]);

const isPassive = ({ command }: FtpCommandEvent): boolean =>
  command === "PASV" || command === "EPSV";

/** What the two sides of a control connection know of each other. */
export class FtpSession {
  readonly connection: Connection;
  readonly roles: Roles;
  /** Whether the client asked for TLS and was not answered yet: what it says next is no command. */
  isUpgrading: boolean;
  private readonly waiting: WaitingCommands<FtpCommandEvent>;
  private readonly expectations: FtpExpectations;
  /** The data connection announced last. */
  private expected: FtpExpectation | null;
  /** Transfers whose data connection is known. */
  private readonly placed: WeakSet<FtpCommandEvent>;

  constructor(connection: Connection, roles: Roles) {
    this.connection = connection;
    this.roles = roles;
    this.isUpgrading = false;
    this.waiting = new WaitingCommands();
    this.expectations = connection.shared(ftpExpectations);
    this.expected = null;
    this.placed = new WeakSet();
  }

  command(command: string, argument: string, place: Place): void {
    const { connection } = this;
    const credentials = credentialsOf(command, argument);
    const event: FtpCommandEvent = {
      type: "ftp.command",
      connection: connection.info,
      place,
      command,
      argument,
      credentials,
    };
    this.waiting.add(event);
    if (command === "AUTH") this.isUpgrading = true;
    if (command === "PORT") this.expectActive(sixNumbers(argument), place);
    if (command === "EPRT") this.expectActive(extendedPort(argument), place);
    if (transfers.has(command)) this.transfer(event);
    connection.emit(event);
  }

  /** Takes a reply; true where what follows is TLS (RFC 4217 §4). */
  reply(reply: Reply): boolean {
    const { connection } = this;
    const { code, lines, complete, place } = reply;
    // After missing bytes nobody knows which were answered; most clients ask one thing at a time.
    // What asks for TLS is the last that is asked before the answer.
    if (reply.isAfterGap || (this.isUpgrading && code === 234)) this.waiting.keepLast();
    // Only one command has this reply: those before it were answered without being seen.
    const passive = code === 227 || code === 229 ? this.waiting.all.findIndex(isPassive) : 0;
    if (passive > 0) this.waiting.answered(passive);
    const command = this.waiting.next;
    if (code >= 200) this.waiting.answered();
    const text = lines.join("\n");
    if (code === 227) this.expectPassive(sixNumbers(text), place);
    const port = code === 229 ? extendedPassive(text) : 0;
    if (port > 0) this.expectPassive({ address: this.roles.serverAddress, port }, place);
    connection.emit({
      type: "ftp.reply",
      connection: connection.info,
      place,
      code,
      lines,
      command,
      complete,
    });
    if (command?.command !== "AUTH") return false;
    this.isUpgrading = false;
    return code === 234;
  }

  private expectActive(at: { address: string; port: number } | null, { seconds }: Place): void {
    const { info } = this.connection;
    if (at === null) return;
    const { expectations } = this;
    this.expected = expectations.add(
      info,
      "client",
      [at.address, this.roles.clientAddress],
      at.port,
      seconds,
    );
  }

  private expectPassive(at: { address: string; port: number } | null, { seconds }: Place): void {
    const { info } = this.connection;
    if (at === null) return;
    const { expectations } = this;
    this.expected = expectations.add(
      info,
      "server",
      [at.address, this.roles.serverAddress],
      at.port,
      seconds,
    );
    // The transfer may have been asked for without waiting for the reply.
    const asked = this.waiting.all.find(
      (one) => transfers.has(one.command) && !this.placed.has(one),
    );
    if (asked !== undefined) this.place(asked, this.expected);
  }

  /** Gives a transfer its data connection: the one announced last, or the one to the client's own port (RFC 959 §3.2). */
  private transfer(event: FtpCommandEvent): void {
    const { info } = this.connection;
    const { seconds } = event.place;
    const { clientAddress, clientPort } = this.roles;
    const isAsking = this.waiting.all.some(isPassive);
    if (isAsking) return;
    if (this.expected === null || this.expected.command !== null)
      this.expected = this.expectations.add(info, "client", [clientAddress], clientPort, seconds);
    this.place(event, this.expected);
  }

  private place(transfer: FtpCommandEvent, expectation: FtpExpectation): void {
    expectation.command = transfer;
    this.placed.add(transfer);
  }
}

function credentialsOf(command: string, argument: string): Credentials | null {
  if (command === "USER") return { mechanism: "USER", user: argument, password: null };
  if (command === "PASS") return { mechanism: "PASS", user: null, password: argument };
  return null;
}
