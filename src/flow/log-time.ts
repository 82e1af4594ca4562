const NANO = 1_000_000_000n;

/** Nanoseconds as seconds with so many digits behind the point; the rest is cut off. */
export function seconds(ns: bigint, digits: number): string {
  const whole = ns / NANO;
  return `${whole}.${String(ns - whole * NANO)
    .padStart(9, "0")
    .slice(0, digits)}`;
}

/** A time since 1970 as UTC, `2026-03-02T07:30:00.000000000Z`. */
export const utc = (ns: bigint): string =>
  `${new Date(Number(ns / NANO) * 1000).toISOString().slice(0, 19)}.${fraction(ns, 9)}Z`;

/** Digits of the second's parts. */
export const fraction = (ns: bigint, digits: number): string =>
  String(ns % NANO)
    .padStart(9, "0")
    .slice(0, digits);
