/** Cells and rows of comma-separated values (RFC 4180). */

/** What a cell cannot hold without quotes. Blanks at an end are quoted too: some readers drop them otherwise. */
const QUOTED = /[",\r\n]|^[ \t]|[ \t]$/;

/** What makes a spreadsheet compute a cell instead of showing it. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** A value as a cell. */
export const csvCell = (value: string): string =>
  QUOTED.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

/**
 * The value with an apostrophe before what a spreadsheet would take for a formula, and run: whoever wrote the packets would
 * decide what it does. Numbers stay as they are, signs and all.
 */
export const spreadsheetText = (value: string): string =>
  FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;

/** Cells as a line. A line with nothing on it is no row to most readers, so an empty cell that stands alone is quoted. */
export function csvRow(cells: readonly string[]): string {
  const line = cells.join(",");
  return line === "" && cells.length === 1 ? '""\r\n' : `${line}\r\n`;
}
