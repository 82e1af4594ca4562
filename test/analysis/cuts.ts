import { expect } from "vitest";
import type { Piece } from "./hostile.ts";

/** The same conversation with every piece cut in two at a place. */
export function* everyCut(pieces: readonly Piece[]): Generator<readonly Piece[]> {
  for (const [i, piece] of pieces.entries()) {
    if (!("bytes" in piece)) continue;
    for (let at = 1; at < piece.bytes.length; at++) {
      const [a, b] = [piece.bytes.subarray(0, at), piece.bytes.subarray(at)];
      yield [
        ...pieces.slice(0, i),
        { ...piece, bytes: a },
        { ...piece, bytes: b },
        ...pieces.slice(i + 1),
      ];
    }
  }
}

/** The same conversation byte by byte. */
export const inBytes = (pieces: readonly Piece[]): Piece[] =>
  pieces.flatMap((piece): readonly Piece[] =>
    "bytes" in piece
      ? [...piece.bytes].map((b) => ({ ...piece, bytes: Uint8Array.of(b) }))
      : [piece],
  );

/** Expects the same of a conversation wherever it is cut, and of one that comes byte by byte. */
export function expectSameOfCuts<T>(
  pieces: readonly Piece[],
  told: (pieces: readonly Piece[]) => T,
  expected: T,
): void {
  for (const cut of everyCut(pieces)) expect(told(cut)).toEqual(expected);
  expect(told(inBytes(pieces))).toEqual(expected);
}
