import { ssh, sshEncrypted } from "../../protocols/application/ssh/ssh.ts";
import type { AnyProtocol } from "../../schema/protocol.ts";
import type { Connection } from "../application.ts";
import type { Side, SideInput } from "../input.ts";
import type { SshAlgorithms, SshKexLists } from "./algorithms.ts";

const SERVER_PORT = 22;

/** What the readers of both sides of one connection know together, and how it is shown. */
export class SshConnection {
  readonly connection: Connection;
  readonly lists: [SshKexLists | null, SshKexLists | null];
  algorithms: SshAlgorithms | null;
  /** Whether the client's line of identification was read. */
  isIdentified: boolean;
  /** Whether a side said that it speaks version 1 only, so that both do. */
  isOld: boolean;
  /** Sides of which nothing more is shown, and up to where text was. */
  private readonly silent: [boolean, boolean];
  private readonly shown: [number, number];

  constructor(connection: Connection) {
    this.connection = connection;
    this.lists = [null, null];
    this.algorithms = null;
    this.isIdentified = false;
    this.isOld = false;
    this.silent = [false, false];
    this.shown = [0, 0];
  }

  /** Whether a side is the client's: where a capture began late, the server may have spoken first. */
  isClient(side: Side): boolean {
    const { srcPort, dstPort } = this.connection.info;
    return (side === 0) !== (srcPort === SERVER_PORT && dstPort !== SERVER_PORT);
  }

  /** Shows a line of identification. From the client's on packets are shown as such. */
  showLine(input: SideInput, size: number): void {
    if (this.isClient(input.side)) this.isIdentified = true;
    this.showAs(ssh, input, size);
  }

  /** Shows a packet. Who watches from the client's line on takes it apart, anybody else does not. */
  showPacket(input: SideInput, size: number): void {
    if (this.isIdentified) this.showAs(ssh, input, size);
    else this.showArrived(input);
  }

  /** Shows bytes of which nobody knows what they mean. */
  showUnread(input: SideInput, size: number): void {
    this.showAs(sshEncrypted, input, size);
  }

  /**
   * Shows text before a line of identification: all that came with it. Once the client's line is known, it is taken for a
   * packet, and its first letters for a length that is never reached.
   */
  showBefore(input: SideInput): void {
    if (this.isIdentified) {
      this.showUnread(input, 0);
      this.silent[input.side] = true;
    } else this.showArrived(input);
  }

  /** Shows all that came and was not shown yet, whatever it is. */
  private showArrived(input: SideInput): void {
    const { side, offset, available } = input;
    if (offset < this.shown[side]) return;
    this.showUnread(input, available);
    this.shown[side] = offset + available;
  }

  private showAs(protocol: AnyProtocol, input: SideInput, size: number): void {
    const { connection } = this;
    const { side, offset, bytes, start } = input;
    if (!connection.shows || this.silent[side]) return;
    const layer = connection.dissect(protocol, bytes, start, start + size);
    connection.show(side, [layer], offset, offset + size);
  }
}
