import type { ReadRecordsOptions } from "../files/stream.ts";
import type { ReportFormat } from "../report/report.ts";
import type { ExtractionLimit } from "./dissection.ts";
import type { Engine } from "./engine.ts";
import type { Extractor } from "./extractor.ts";
import type { ExtractedFrame } from "./frame.ts";
import type { ReportFolder, ReportOutput } from "./output.ts";
import type { ReassembleOptions } from "./reassembled.ts";
import type { FlowTraceOptions } from "./trace.ts";

/** What is odd about an extraction and does not end it, by code. */
export const extractionWarnings = {
  WARN_ENGINE_FALLBACK: "The engine is not there; ours does its work.",
  WARN_ENGINE_ABILITY: "The engine passes over something that was asked for.",
  WARN_ENGINE_THREADS: "The report cannot be made in several threads; one makes it.",
  WARN_STORE_FULL: "No more is kept in memory; reports and callbacks still get everything.",
} as const;

/** A warning of {@link extractionWarnings}. */
export interface ExtractionWarning {
  readonly code: keyof typeof extractionWarnings;
  readonly message: string;
}

/** What is kept in memory of an extraction. */
export interface StoreOptions {
  /** Packets kept at most; 1,000,000 when left out. */
  readonly packets?: number;
  /** Captured bytes of all of them; 1 GiB when left out. */
  readonly bytes?: number;
}

/** What an extraction is asked for; see the guide on extraction for what each was called in PyPCAPKit. */
export interface ExtractOptions
  extends Pick<ReadRecordsOptions, "chunkSize" | "lenient" | "onSkip" | "maxRecordLength"> {
  /** The report's format by name, or one of your own; `null`, the default without an output, writes none. */
  readonly format?: string | ReportFormat | null;
  /** More formats than those of this package, by name. */
  readonly formats?: ReadonlyMap<string, ReportFormat>;
  /** Where the report goes: a folder where each block has a file of its own. */
  readonly output?: ReportOutput | ReportFolder | null;
  /** Columns by Wireshark's field names, for formats with columns. */
  readonly fields?: readonly string[];
  /** What the report says it is about. */
  readonly title?: string;
  /** Keeps the report whole after every packet, under its final name. */
  readonly keepValid?: boolean;

  /** Packets at most. */
  readonly count?: number;
  /** How far packets are taken apart. */
  readonly limit?: ExtractionLimit;
  /** Rules of the form `tcp.port==8080,http`. */
  readonly decodeAs?: readonly string[];

  /** Whether packets are kept for `frames`; false when left out. */
  readonly store?: boolean | StoreOptions;
  /** Is told every packet; with `true`, `print` gets a line of its number and protocols. */
  readonly verbose?: boolean | ((extractor: Extractor, frame: ExtractedFrame) => void);
  /** Takes the lines of `verbose: true`; in Node standard output when left out, or standard error where the report goes there. */
  readonly print?: (line: string) => void;
  /** Is told what is odd, which `warnings` keeps too. */
  readonly onWarning?: (warning: ExtractionWarning) => void;

  /** What is put together on the way. */
  readonly reassemble?: ReassembleOptions;
  /** How flows are traced on the way. */
  readonly trace?: FlowTraceOptions;

  /** Who takes the packets apart, by name or as a value; `native` when left out. */
  readonly engine?: string | Engine;
  /** The engines that there are, by name. */
  readonly engines?: ReadonlyMap<string, Engine>;
  /** Whether ours takes the place of an engine that is not there, with a warning; false when left out. */
  readonly fallback?: boolean;
  /** Threads of an engine that has several; as many as there are processors when left out. */
  readonly workers?: number;
  /** Is told now and then how far it is: packets, and bytes of the (decompressed) capture. */
  readonly onProgress?: (packets: number, bytes: number) => void;
  /** Ends the extraction as if the input had ended. */
  readonly signal?: AbortSignal;
}

/** What an extraction reads, beside the bytes: what its properties say. */
export interface InputFacts {
  /** What people call it: a path. */
  readonly name: string;
  /** The path where it is a regular file that is not compressed, which threads may read themselves. */
  readonly path: string | null;
}
