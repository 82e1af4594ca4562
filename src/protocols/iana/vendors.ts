/** Who makes the interface cards with a given MAC address, by IEEE's public listing of address blocks. */
export class Vendors {
  /** Blocks of 24 (MA-L), 28 (MA-M) and 36 (MA-S) bits. */
  private declare readonly blocks: readonly [large: Block, medium: Block, small: Block];

  constructor(text: string) {
    this.blocks = [new Map(), new Map(), new Map()];
    const last = [0, 0, 0];
    for (let start = text.startsWith("\n") ? 1 : 0; start < text.length; ) {
      let end = text.indexOf("\n", start);
      if (end < 0) end = text.length;
      const tab = text.indexOf("\t", start);
      const name = text.slice(tab + 1, end);
      for (const code of text.slice(start, tab).split(" ")) {
        const size = code.charCodeAt(0) - A;
        last[size]! += Number.parseInt(code.slice(1), 36);
        this.blocks[size]!.set(last[size]!, name);
      }
      start = end + 1;
    }
  }

  /** The vendor of the address at `offset`: the longest block that holds it. Three bytes are enough for the large blocks. */
  get(address: Uint8Array, offset = 0): string | undefined {
    if (offset + 3 > address.length) return undefined;
    const oui = address[offset]! * 0x10000 + address[offset + 1]! * 0x100 + address[offset + 2]!;
    const [large, medium, small] = this.blocks;
    if (offset + 5 <= address.length) {
      const next = address[offset + 3]! * 0x10 + (address[offset + 4]! >> 4);
      const name = small.get(oui * 0x1000 + next) ?? medium.get(oui * 0x10 + (next >> 8));
      if (name !== undefined) return name;
    }
    return large.get(oui);
  }

  /** The organisation behind a 24-bit OUI. */
  oui(oui: number): string | undefined {
    return this.blocks[0].get(oui);
  }
}

type Block = Map<number, string>;

const A = "A".charCodeAt(0);

let vendors: Promise<Vendors> | undefined;

/** Loads the listing (about 1 MB) the first time it is called. */
export function loadVendors(): Promise<Vendors> {
  vendors ??= import("./oui.ts").then(({ ouiText }) => new Vendors(ouiText));
  return vendors;
}
