import type { StreamEvent } from "../event.ts";
import type { Credentials } from "../text/credentials.ts";

/** A command on the control connection (RFC 959 §4.1). */
export interface FtpCommandEvent extends StreamEvent {
  readonly type: "ftp.command";
  /** In capitals: `RETR`. */
  readonly command: string;
  /** What follows the command and a blank; empty where nothing does. */
  readonly argument: string;
  /** What USER and PASS say; `null` of all others. */
  readonly credentials: Credentials | null;
}

/** A reply on the control connection (RFC 959 §4.2). */
export interface FtpReplyEvent extends StreamEvent {
  readonly type: "ftp.reply";
  readonly code: number;
  /** Its lines without the code. */
  readonly lines: readonly string[];
  /** What it answers; `null` of a greeting, and where the command was not seen. A command may have a preliminary reply (1xx) first. */
  readonly command: FtpCommandEvent | null;
  /** Whether all its lines were there. */
  readonly complete: boolean;
}

/** The end of a data connection that somebody listens at, as a command or reply announced it (RFC 959 §3.3, RFC 2428). */
export interface FtpDataAddress {
  readonly address: string;
  readonly port: number;
}

/** A file or listing on a data connection: it begins. Its bytes follow as `ftp.data`, and `ftp.end` comes last. */
export interface FtpFileEvent extends StreamEvent {
  readonly type: "ftp.file";
  /** What asked for it; `null` where that was not seen. Its connection is the control connection. */
  readonly command: FtpCommandEvent | null;
  /** The argument of the command: a path, or what is listed. Empty where it is not known. */
  readonly name: string;
  /** Whether the server sends it or the client. */
  readonly direction: "download" | "upload";
  /** Whether it is a listing of files, not one of them. */
  readonly isListing: boolean;
}

/** A piece of a file. */
export interface FtpDataEvent extends StreamEvent {
  readonly type: "ftp.data";
  readonly file: FtpFileEvent;
  /** Where in the file it lies. It is more than what came before where bytes are missing. */
  readonly offset: number;
  /** Borrowed: valid while the event is told. `slice()` keeps a copy. */
  readonly bytes: Uint8Array;
}

/** The end of a file. */
export interface FtpEndEvent extends StreamEvent {
  readonly type: "ftp.end";
  readonly file: FtpFileEvent;
  /** Bytes that came. */
  readonly size: number;
  /** Bytes that are missing from the capture. */
  readonly missing: number;
  /** Whether no byte is missing, as far as the stream tells. */
  readonly complete: boolean;
}

/** Everything that FTP tells, by its type. */
export interface FtpEvents {
  "ftp.command": FtpCommandEvent;
  "ftp.reply": FtpReplyEvent;
  "ftp.file": FtpFileEvent;
  "ftp.data": FtpDataEvent;
  "ftp.end": FtpEndEvent;
}
