/** What can be wrong with a capture file, as stable codes and one error class. */

/** Every code a {@link CaptureError} can carry, with what it means. The codes never change. */
export const captureErrors = {
  ERR_CAPTURE_OPEN: "The path cannot be opened, or is a directory.",
  ERR_CAPTURE_EMPTY: "The input has no bytes at all.",
  ERR_CAPTURE_FORMAT: "The input is a known kind of file, but none that is read.",
  ERR_CAPTURE_COMPRESSED: "The input is compressed where only plain captures can be read.",
  ERR_PCAP_MAGIC: "The input begins like no capture file.",
  ERR_PCAP_HEADER: "The global header of a pcap file has an unknown version or unknown bits.",
  ERR_PCAP_RECORD_LENGTH: "A pcap record claims more bytes than the limit.",
  ERR_PCAP_TRUNCATED: "The input ends inside the header or a record of a pcap file.",
  ERR_PCAPNG_SECTION: "A section header is missing, or of an unknown byte order or version.",
  ERR_PCAPNG_BLOCK_LENGTH: "The lengths of a pcapng block are impossible or disagree.",
  ERR_PCAPNG_BLOCK: "A pcapng block is too short for what it must hold.",
  ERR_PCAPNG_INTERFACE: "A pcapng block names an interface that has not been described.",
  ERR_PCAPNG_TRUNCATED: "The input ends inside a pcapng block.",
  ERR_GZIP: "Gzip data is damaged.",
  ERR_GZIP_TRUNCATED: "Gzip data ends too early.",
  ERR_ZSTD: "Zstandard data is damaged or wants too much memory.",
  ERR_ZSTD_TRUNCATED: "Zstandard data ends too early.",
} as const;

/** A stable code of {@link captureErrors}; programs test this and never the message. */
export type CaptureErrorCode = keyof typeof captureErrors;

/** A fault of a capture file. Every good record before it has been delivered already. */
export class CaptureError extends Error {
  /** What is wrong; see {@link captureErrors}. */
  readonly code: CaptureErrorCode;
  /**
   * Where the faulty header, record or block begins: bytes from the start of the (decompressed)
   * capture; for gzip and Zstandard faults, bytes from the start of the compressed input.
   */
  readonly offset: number;

  constructor(code: CaptureErrorCode, message: string, offset: number, options?: ErrorOptions) {
    super(message, options);
    this.name = "CaptureError";
    this.code = code;
    this.offset = offset;
  }
}
