import { formatHex } from "../bytes/hex.ts";
import {
  agreementOf,
  type CellCounts,
  type CellDifference,
  coverageOf,
  type PrefixCounts,
  type Verification,
} from "../extract/verify.ts";
import type { Reproducer } from "../extract/verify-alone.ts";

/** A share of a whole in percent, with one digit; never 100 where something is missing. */
const percent = (share: number, whole: number): string =>
  whole === 0 ? "-" : `${(share === 1 ? 100 : Math.min(share * 100, 99.9)).toFixed(1)}%`;

/** What is shown of a cell: its beginning, on one line. */
function cellText(cell: string): string {
  if (cell === "") return "nothing";
  return JSON.stringify(cell.length > MOST_SHOWN ? `${cell.slice(0, MOST_SHOWN)}...` : cell);
}
const MOST_SHOWN = 60;

function table(found: Verification): string {
  const { first, second, prefixes, totals } = found;
  const head = [
    ...["prefix", "captures", "cells", "known", "equal", "different"],
    ...[`only ${first.name}`, `only ${second.name}`, "coverage", "agreement"],
  ];
  const row = (name: string, captures: string, counts: CellCounts): string[] => [
    ...[name, captures, counts.cells, counts.known, counts.equal, counts.different].map(String),
    ...[counts.onlyFirst, counts.onlySecond].map(String),
    percent(coverageOf(counts), counts.cells),
    percent(agreementOf(counts), counts.known + counts.onlyFirst),
  ];
  const rows = byWeight(prefixes).map(([name, counts]) => row(name, `${counts.captures}`, counts));
  const lines = [head, ...rows, row("all", "", totals)];
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines
    .map((line) =>
      line.map((cell, i) => (i === 0 ? cell.padEnd : cell.padStart).call(cell, widths[i]!)),
    )
    .map((line) => `${line.join("  ").trimEnd()}\n`)
    .join("");
}

/** Those with most cells first. */
const byWeight = (prefixes: ReadonlyMap<string, PrefixCounts>): [string, PrefixCounts][] =>
  [...prefixes].sort(([a, m], [b, n]) => n.cells - m.cells || (a < b ? -1 : 1));

function differenceText(found: Verification, one: CellDifference): string {
  const { first, second } = found;
  return `${first.name} ${cellText(one.first)}, ${second.name} ${cellText(one.second)}`;
}

/** What a comparison found, as text. */
export function verificationText(
  found: Verification,
  worst: number,
  reproducer: Reproducer | null,
): string {
  const { first, second, frames, chains, equalChains } = found;
  let text = `${first.name} and ${second.name}: ${frames} frames\n\n${table(found)}`;
  const share = chains === 0 ? "not compared" : percent(equalChains / chains, chains);
  text += `\nframe.protocols: ${share}${chains === 0 ? "" : ` (${equalChains} of ${chains} frames)`}\n`;
  const fields = found.worst(worst);
  if (fields.length > 0) text += "\nfields that differ most:\n";
  for (const { field, count, example } of fields) {
    const { capture, frame } = example;
    text += `  ${field}  ${count} times, first in frame ${frame} of ${capture}: ${differenceText(found, example)}\n`;
  }
  return reproducer === null ? text : text + reproducerText(found, reproducer);
}

function reproducerText(found: Verification, { frame, isAlone }: Reproducer): string {
  const { field, capture, frame: number, bytes, linkType } = frame;
  const how = isAlone ? "" : ", with the frames before it";
  return (
    `\nsmallest frame that differs${how}: frame ${number} of ${capture}, ${bytes.length} bytes, ` +
    `${field}: ${differenceText(found, frame)}\n` +
    `  wirecraft build 0x${formatHex(bytes)} --link-type ${linkType} -o frame.pcap\n`
  );
}

const rounded = (share: number): number => Math.round(share * 1e6) / 1e6;

/** Counts with what follows from them. */
const shares = (counts: CellCounts): object => ({
  ...counts,
  coverage: rounded(coverageOf(counts)),
  agreement: rounded(agreementOf(counts)),
});

/** What a comparison found, for programs. */
export function verificationJson(
  found: Verification,
  worst: number,
  reproducer: Reproducer | null,
): object {
  const { first, second, frames, chains, equalChains, totals, prefixes } = found;
  return {
    engines: [first.name, second.name],
    frames,
    protocols: { frames: chains, equal: equalChains },
    totals: shares(totals),
    prefixes: Object.fromEntries(byWeight(prefixes).map(([name, row]) => [name, shares(row)])),
    worst: found.worst(worst),
    smallest: reproducer === null ? null : reproducerJson(reproducer),
  };
}

function reproducerJson({ frame, isAlone }: Reproducer): object {
  const { field, capture, frame: number, first, second, bytes, linkType } = frame;
  return {
    field,
    capture,
    frame: number,
    first,
    second,
    linkType,
    bytes: formatHex(bytes),
    isAlone,
  };
}
