/** What tests of extraction do over and over. */
import { expect } from "vitest";
import { extract } from "../../src/extract/extractor.ts";
import type { ExtractedFrame } from "../../src/extract/frame.ts";
import type { ExtractOptions } from "../../src/extract/options.ts";
import { MemoryOutput } from "../../src/extract/output.ts";
import { session } from "./captures.ts";

/** A whole report in memory. */
export async function report(
  options: ExtractOptions,
  input: Uint8Array = session,
): Promise<string> {
  const output = new MemoryOutput();
  await extract(input, { ...options, output });
  expect(output.isFinished).toBe(true);
  return output.text();
}

/** The frames of a JSON report by their names. */
export const framesOf = (json: string): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(JSON.parse(json) as Record<string, Record<string, unknown>>).filter(([key]) =>
      key.startsWith("Frame "),
    ),
  );

/** The code, or else the name, of what is thrown now or later. */
export async function codeOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return (error as { code?: unknown }).code ?? (error as Error).name;
  }
  return "nothing is thrown";
}

/** The numbers from 1 to n. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

/** The numbers of all frames that are taken. */
export async function numbersOf(frames: AsyncIterable<ExtractedFrame>): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { number } of frames) numbers.push(number);
  return numbers;
}
