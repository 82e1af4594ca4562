/** Two engines compared, frame by frame and field by field, by Wireshark's names of the fields. */

/** What an engine says of one packet, by Wireshark's field names, written as `tshark -n -T fields` does. */
export type Cells = ReadonlyMap<string, string>;

/** An engine as a side of a comparison. */
export interface VerifiedSide {
  readonly name: string;
  /** The fields that it can show; `null` where that is not known: then those that it showed in the capture. */
  readonly known: ReadonlySet<string> | null;
}

/** A packet as it is wanted to show where two engines differ. */
export interface VerifiedPacket {
  readonly number: number;
  readonly data: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly originalLength: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly origin: { readonly linkType: number };
}

/** A cell in which two engines differ; the empty text is no cell. */
export interface CellDifference {
  readonly field: string;
  readonly capture: string;
  readonly frame: number;
  readonly first: string;
  readonly second: string;
}

/** A frame in which two engines differ, with its bytes. */
export interface DifferingFrame extends CellDifference {
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly linkType: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Cells counted, of one field, of all fields with a prefix, or of all. */
export interface CellCounts {
  /** Those that the second engine shows. */
  cells: number;
  /** Those of them whose field the first engine knows. */
  known: number;
  /** Those that both show alike. */
  equal: number;
  /** Those that both show, but not alike. */
  different: number;
  /** Those that only the first shows. */
  onlyFirst: number;
  /** Those of fields known to the first that only the second shows. */
  onlySecond: number;
}

/** How much of what the second engine shows the first knows: known cells among all; 1 where there are none. */
export const coverageOf = ({ cells, known }: CellCounts): number =>
  cells === 0 ? 1 : known / cells;

/** How far they agree: equal cells among the known ones and those that only the first shows; 1 where there are none. */
export const agreementOf = ({ known, equal, onlyFirst }: CellCounts): number =>
  known + onlyFirst === 0 ? 1 : equal / (known + onlyFirst);

/**
 * Fields that are not compared: they say something of a session with Wireshark, its settings and its judgement (names it
 * found, times since other frames, checks of checksums), not of the frame.
 */
export const NOT_COMPARED: readonly RegExp[] = [
  /^frame\.(?!(?:len|cap_len|number|time_epoch|encap_type)$)/,
  /^(?:_ws|fake)/,
  /_resolved$|_host$|\.status$|\.lg$|\.ig$/,
  /\.oui|\.analysis(?:\.|$)|\.expert/,
  /^(?:ip|ipv6)\.host$/,
  /^(?:tcp|udp)\.time_|^tcp\.completeness/,
  /^data$/,
];

const PROTOCOLS = "frame.protocols";

/** What comes before the first dot of a field's name. */
export const prefixOf = (name: string): string => {
  const dot = name.indexOf(".");
  return dot < 0 ? name : name.slice(0, dot);
};

const noCells = (): CellCounts => ({
  cells: 0,
  known: 0,
  equal: 0,
  different: 0,
  onlyFirst: 0,
  onlySecond: 0,
});

function addCounts(to: CellCounts, of: CellCounts): void {
  to.cells += of.cells;
  to.known += of.known;
  to.equal += of.equal;
  to.different += of.different;
  to.onlyFirst += of.onlyFirst;
  to.onlySecond += of.onlySecond;
}

/** What is found of one field in one capture. */
interface Field {
  readonly counts: CellCounts;
  readonly isCompared: boolean;
  /** How often the first engine showed it. */
  shown: number;
  example: CellDifference | null;
  smallest: DifferingFrame | null;
}

/** All cells of fields with one prefix. */
export interface PrefixCounts extends CellCounts {
  /** Captures in which it was met. */
  captures: number;
}

/** How often a field differs, with the first place where it does. */
export interface FieldDifference {
  readonly field: string;
  count: number;
  readonly example: CellDifference;
}

/** What a comparison is told. */
export interface VerifyOptions {
  /** Prefixes of the fields that are compared; all when left out. */
  readonly only?: readonly string[];
}

/**
 * A comparison of two engines over any number of captures. The second one is what the first is measured by: fields that it
 * shows nowhere in a capture do not count there.
 */
export class Verification {
  readonly first: VerifiedSide;
  readonly second: VerifiedSide;
  /** Frames that were compared. */
  frames: number;
  /** Frames of which both name the protocols, and those of them where the names are the same. */
  chains: number;
  equalChains: number;
  readonly totals: CellCounts;
  readonly prefixes: Map<string, PrefixCounts>;
  readonly differences: Map<string, FieldDifference>;
  /** The smallest frames with a difference, one a field, the smallest first. */
  smallest: DifferingFrame[];
  private readonly only: ReadonlySet<string> | null;
  private fields: Map<string, Field>;
  private capture: string;

  constructor(first: VerifiedSide, second: VerifiedSide, { only }: VerifyOptions = {}) {
    this.first = first;
    this.second = second;
    this.only = only === undefined || only.length === 0 ? null : new Set(only);
    this.frames = this.chains = this.equalChains = 0;
    this.totals = noCells();
    this.prefixes = new Map();
    this.differences = new Map();
    this.smallest = [];
    this.fields = new Map();
    this.capture = "";
  }

  /** Begins a capture. */
  begin(capture: string): void {
    this.capture = capture;
    this.fields = new Map();
  }

  /** Compares what the two say of a packet. */
  add(packet: VerifiedPacket, first: Cells, second: Cells): void {
    this.frames++;
    this.addChains(first.get(PROTOCOLS), second.get(PROTOCOLS));
    for (const [name, theirs] of second) {
      const field = this.field(name);
      if (!field.isCompared) continue;
      field.counts.cells++;
      const ours = first.get(name) ?? "";
      if (ours === theirs) field.counts.equal++;
      else {
        if (ours === "") field.counts.onlySecond++;
        else field.counts.different++;
        this.differ(field, packet, name, ours, theirs);
      }
    }
    for (const [name, ours] of first) {
      const field = this.field(name);
      if (!field.isCompared) continue;
      field.shown++;
      if (second.has(name)) continue;
      field.counts.onlyFirst++;
      this.differ(field, packet, name, ours, "");
    }
  }

  private addChains(ours: string | undefined, theirs: string | undefined): void {
    if (ours === undefined || theirs === undefined) return;
    this.chains++;
    if (ours === theirs) this.equalChains++;
  }

  private field(name: string): Field {
    let field = this.fields.get(name);
    if (field === undefined) {
      const isCompared =
        (this.only?.has(prefixOf(name)) ?? true) && !NOT_COMPARED.some((one) => one.test(name));
      field = { counts: noCells(), isCompared, shown: 0, example: null, smallest: null };
      this.fields.set(name, field);
    }
    return field;
  }

  private differ(
    field: Field,
    packet: VerifiedPacket,
    name: string,
    first: string,
    second: string,
  ): void {
    const { number, data, start, end, originalLength, seconds, nanoseconds, origin } = packet;
    const { capture } = this;
    field.example ??= { field: name, capture, frame: number, first, second };
    if (field.smallest !== null && field.smallest.bytes.length <= end - start) return;
    field.smallest = {
      ...{ field: name, capture, frame: number, first, second },
      ...{ bytes: data.slice(start, end), originalLength, linkType: origin.linkType },
      ...{ seconds, nanoseconds },
    };
  }

  /** Ends a capture: what was found in it is added to the totals. */
  end(): void {
    const met = new Set<string>();
    for (const [name, field] of this.fields) {
      const { counts } = field;
      if (!field.isCompared || counts.cells === 0) continue;
      const { known } = this.first;
      if (known?.has(name) ?? field.shown > 0) this.count(name, field);
      else counts.onlySecond = counts.onlyFirst = 0;
      const prefix = prefixOf(name);
      let row = this.prefixes.get(prefix);
      if (row === undefined) this.prefixes.set(prefix, (row = { ...noCells(), captures: 0 }));
      if (!met.has(prefix)) row.captures++;
      met.add(prefix);
      addCounts(row, counts);
      addCounts(this.totals, counts);
    }
    this.fields = new Map();
  }

  /** A field that both know. */
  private count(name: string, { counts, example, smallest }: Field): void {
    counts.known = counts.cells;
    const wrong = counts.different + counts.onlyFirst + counts.onlySecond;
    if (wrong === 0 || example === null || smallest === null) return;
    const before = this.differences.get(name);
    if (before === undefined) this.differences.set(name, { field: name, count: wrong, example });
    else before.count += wrong;
    this.keep(smallest);
  }

  private keep(frame: DifferingFrame): void {
    this.smallest.push(frame);
    this.smallest.sort((a, b) => a.bytes.length - b.bytes.length);
    if (this.smallest.length > MOST_KEPT) this.smallest.length = MOST_KEPT;
  }

  /** The fields that differ most often, the worst first. */
  worst(count: number): FieldDifference[] {
    const all = [...this.differences.values()];
    return all.sort((a, b) => b.count - a.count || (a.field < b.field ? -1 : 1)).slice(0, count);
  }
}

/** Frames with a difference that are kept. */
const MOST_KEPT = 20;
