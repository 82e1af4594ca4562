/** What a report can refuse, as stable codes and one error class. */

/** Every code a {@link ReportError} can carry, with what it means. The codes never change. */
export const reportErrors = {
  ERR_REPORT_FIELD: "No field has this name.",
  ERR_REPORT_LINK_TYPE: "A packet is of another link type than its place in the file can hold.",
  ERR_REPORT_PACKAGE: "A package that the format needs is not installed.",
} as const;

/** A stable code of {@link reportErrors}; programs test this and never the message. */
export type ReportErrorCode = keyof typeof reportErrors;

/** A report that cannot be made, or that cannot hold a packet. What was written before is good. */
export class ReportError extends Error {
  /** What is wrong; see {@link reportErrors}. */
  readonly code: ReportErrorCode;

  constructor(code: ReportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ReportError";
    this.code = code;
  }
}
