/** What can be wrong with an extraction, by code. */
export const extractionErrors = {
  ERR_REPORT_FORMAT: "No report format has this name, or none can be told from the output's name.",
  ERR_OUTPUT_IS_INPUT: "The output is the input.",
  ERR_ENGINE: "No engine has this name.",
  ERR_ENGINE_MISSING: "The engine's program or package is not installed.",
  ERR_ENGINE_ABILITY: "The engine cannot do what is asked for.",
  ERR_ENGINE_FAILED: "The engine's program failed.",
  ERR_LIMIT: "No layer or protocol has this name.",
  ERR_SWITCHED_OFF: "What is asked for was switched off.",
} as const;

/** A stable code of {@link extractionErrors}; programs test this and never the message. */
export type ExtractionErrorCode = keyof typeof extractionErrors;

/** An extraction that cannot be done, or not so. Faults of the capture are a `CaptureError`. */
export class ExtractionError extends Error {
  /** What is wrong; see {@link extractionErrors}. */
  readonly code: ExtractionErrorCode;

  constructor(code: ExtractionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ExtractionError";
    this.code = code;
  }
}
