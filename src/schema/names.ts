/** Names for the values of a number field: a public registry, or any table of one's own. */
export interface Names {
  /** The name of a value; `undefined` when the table has none. */
  get(value: number): string | undefined;
  /** The lowest value with this name or alias, in whatever case it is written. */
  find(name: string): number | undefined;
  /** Every value that has a name, ascending; ranges value by value, aliases left out. */
  entries(): Iterable<readonly [number, string]>;
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

/** Nothing is parsed before the first question, so that a program pays only for the tables it asks. */
class TextNames implements Names {
  private declare readonly text: string;
  private declare values: Map<number, string> | undefined;
  private declare ranges: Range[];
  private declare byName: Map<string, number> | undefined;

  constructor(text: string) {
    this.text = text;
    this.values = undefined;
    this.ranges = [];
    this.byName = undefined;
  }

  get(value: number): string | undefined {
    const name = (this.values ?? this.parse()).get(value);
    if (name !== undefined || this.ranges.length === 0) return name;
    for (const range of this.ranges) {
      if (value >= range.from && value <= range.to) return range.name;
    }
    return undefined;
  }

  find(name: string): number | undefined {
    return (this.byName ?? this.index()).get(name.toLowerCase());
  }

  *entries(): IterableIterator<readonly [number, string]> {
    const values = this.values ?? this.parse();
    const all = new Map<number, string>();
    for (const { from, to, name } of this.ranges.toReversed()) {
      for (let value = from; value <= to; value++) all.set(value, name);
    }
    for (const [value, name] of values) all.set(value, name);
    yield* [...all].sort(([a], [b]) => a - b);
  }

  private parse(): Map<number, string> {
    const values = new Map<number, string>();
    for (const [from, to, name] of lines(this.text)) {
      if (to !== from) this.ranges.push({ from, to, name });
      else if (!values.has(from)) values.set(from, name);
    }
    this.values = values;
    return values;
  }

  private index(): Map<string, number> {
    const byName = new Map<string, number>();
    for (const [from, , name] of lines(this.text)) {
      const key = name.toLowerCase();
      const known = byName.get(key);
      if (known === undefined || from < known) byName.set(key, from);
    }
    this.byName = byName;
    return byName;
  }
}

function* lines(text: string): IterableIterator<readonly [from: number, to: number, name: string]> {
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    const equals = text.indexOf("=", start);
    if (equals > start && equals < end) {
      const value = text.slice(start, equals);
      const dash = value.indexOf("-");
      const from = Number(dash < 0 ? value : value.slice(0, dash));
      const to = dash < 0 ? from : Number(value.slice(dash + 1));
      yield [from, to, text.slice(equals + 1, end)];
    }
    start = end + 1;
  }
}

/**
 * A table written as text, one `value=name` or `first-last=name` a line. When several lines name one value, the first is
 * its name and the others are aliases that `find` knows; a single value goes before a range that holds it.
 */
export function names(text: string): Names {
  return new TextNames(text);
}
