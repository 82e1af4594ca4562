/** A point in time or a length of it: whole seconds, negative ones too, and 0 to 999,999,999 nanoseconds on top. */
export interface Span {
  readonly seconds: number;
  readonly nanoseconds: number;
}

const NANO = 1_000_000_000;

/** How long it is from one time to another: exact, whatever lies between them. */
export function spanBetween(from: Span, to: Span): Span {
  const nanoseconds = to.nanoseconds - from.nanoseconds;
  const seconds = to.seconds - from.seconds;
  return nanoseconds < 0
    ? { seconds: seconds - 1, nanoseconds: nanoseconds + NANO }
    : { seconds, nanoseconds };
}

/** Whether a span is longer than nothing. */
export const isPositive = ({ seconds, nanoseconds }: Span): boolean =>
  seconds > 0 || (seconds === 0 && nanoseconds > 0);

/** Whether a span is nothing. */
export const isZero = ({ seconds, nanoseconds }: Span): boolean =>
  seconds === 0 && nanoseconds === 0;

/** Whether one span is shorter than another. */
export const isShorter = (one: Span, other: Span): boolean =>
  one.seconds < other.seconds ||
  (one.seconds === other.seconds && one.nanoseconds < other.nanoseconds);

/** Seconds with nine digits: `0.000250000`, `-1.500000000`. */
export function formatSpan({ seconds, nanoseconds }: Span): string {
  if (seconds >= 0 || nanoseconds === 0) return `${seconds}.${nine(nanoseconds)}`;
  const whole = -seconds - 1;
  return `-${whole}.${nine(NANO - nanoseconds)}`;
}

const nine = (n: number): string => String(n).padStart(9, "0");
