import { mail } from "../../protocols/application/mail/mail.ts";
import { pop } from "../../protocols/application/pop/pop.ts";
import type { Layer } from "../../schema/layer.ts";
import { readLatin1 } from "../../schema/value.ts";
import type { Connection } from "../application.ts";

/** Lines of a server that are no response are shown as a mail, or as the part of one whose size the response said. */
export class PopShower {
  private readonly connection: Connection;
  private isFetching: boolean;
  private left: number;

  constructor(connection: Connection) {
    this.connection = connection;
    this.isFetching = false;
    this.left = 0;
  }

  /** What a client's segment shows. */
  readonly commands = (bytes: Uint8Array, start: number, end: number): readonly Layer[] => {
    this.isFetching = /^(?:RETR|TOP) /.test(readLatin1(bytes, start, Math.min(end, start + 5)));
    this.left = 0;
    return [this.connection.dissect(pop, bytes, start, end)];
  };

  /** What a server's segment shows. */
  readonly responses = (bytes: Uint8Array, start: number, end: number): readonly Layer[] => {
    const layer = this.connection.dissect(pop, bytes, start, end);
    const text = readLatin1(bytes, start, Math.min(end, start + 32));
    if (/^(?:\+OK|-ERR)/.test(text)) {
      const size = this.isFetching ? /^\+OK (\d{1,15})/.exec(text) : null;
      this.left = Number(size?.[1] ?? 0);
      this.isFetching = false;
      return [layer];
    }
    this.left -= end - start;
    return this.left > 0 ? [layer] : [layer, this.connection.dissect(mail, bytes, start, end)];
  };
}
