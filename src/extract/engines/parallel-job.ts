import type { RecordFormat } from "../../files/record.ts";
import type { ReportPlace } from "../../report/report.ts";
import type { DissectionRules } from "../dissection.ts";

/** What a thread is told when it starts. */
export interface ThreadSetup {
  /** The report's format by name. */
  readonly format: string;
  readonly title: string;
  readonly fields: readonly string[] | undefined;
  readonly rules: DissectionRules;
  /** The capture where the thread reads it itself. */
  readonly path: string | null;
}

/** A piece of the capture that one thread renders. */
export interface ThreadJob {
  /** What the capture is. */
  readonly format: RecordFormat;
  /** Headers before the piece that this thread has not seen: those of the file, of sections, and of interfaces. */
  readonly headers: readonly Uint8Array[];
  /** The records of the piece; `null` where the thread reads them itself. */
  readonly bytes: Uint8Array | null;
  /** Where in the file the piece begins, and how long it is. */
  readonly offset: number;
  readonly length: number;
  /** The room of an earlier piece of this thread, to be used again. */
  readonly room: ArrayBuffer | null;
  /** Where in the report it begins. */
  readonly place: ReportPlace;
}

/** What a thread says: that it can begin, the piece of the report that it made, or why there is none. */
export type ThreadResult =
  | { readonly is: "ready" }
  | { readonly is: "piece"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly is: "fault"; readonly message: string; readonly stack: string | undefined };
