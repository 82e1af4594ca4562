/** Cells of the synthetic captures in which tshark 4.0 is not followed, and why. */
export interface KnownDifference {
  readonly capture: string;
  readonly fields: readonly string[];
  readonly reason: string;
}

/** The test fails where one of these is not needed any more. */
export const knownDifferences: readonly KnownDifference[] = [];

/** Field names that no synthetic capture can show, and why. */
export const namesNeverShown: Readonly<Record<string, string>> = {};

const known = new Set(
  knownDifferences.flatMap(({ capture, fields }) => fields.map((field) => `${capture} ${field}`)),
);

/** Whether a field of a capture is expected to differ. */
export const isKnown = (capture: string, field: string): boolean =>
  known.has(`${capture} ${field}`);
