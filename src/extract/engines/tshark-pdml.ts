/**
 * What tshark says of packets in PDML, its XML form, read as it comes. Only what tshark writes is understood: two kinds of
 * tags, whose attributes come in one order. All else is passed over.
 */

const SLASH = 47;
/** Where the name begins in `<field name="` and `<proto name="`. */
const NAME = 13;

/**
 * One field, protocol or line of text in the tree of a packet, in the order of the tree. Its texts are as PDML has them: a
 * byte of UTF-8 a character, with what XML escapes. They are looked for when somebody asks, since most are never wanted.
 */
export class PdmlNode {
  /** Wireshark's name; empty for a line of text. */
  readonly name: string;
  /** How many nodes it lies in. */
  readonly depth: number;
  /** Whether it is a protocol. */
  readonly isProtocol: boolean;
  private readonly tag: string;
  /** Where in the tag the name ends. */
  private readonly after: number;

  constructor(tag: string, depth: number, isProtocol: boolean) {
    const end = tag.startsWith(' name="', NAME - 7) ? tag.indexOf('"', NAME) : -1;
    this.name = end < 0 ? "" : tag.slice(NAME, end);
    this.depth = depth;
    this.isProtocol = isProtocol;
    this.tag = tag;
    this.after = Math.max(end, 0);
  }

  /** How Wireshark shows the whole of it: its title and value. */
  get label(): string {
    return attribute(this.tag, ' showname="', this.after) ?? "";
  }

  /** Whether Wireshark shows it to nobody: it is there to be searched for. */
  get isHidden(): boolean {
    return this.tag.includes(' hide="yes"', this.after);
  }

  /** Its value as tshark writes it; `undefined` where it has none. */
  get show(): string | undefined {
    return attribute(this.tag, ' show="', this.after);
  }

  /** Its bytes as hexadecimal digits; `undefined` where it has none. */
  get value(): string | undefined {
    return attribute(this.tag, ' value="', this.after);
  }
}

/** A value has no quote in it, so that what follows a quote and a space is an attribute. */
function attribute(tag: string, key: string, from: number): string | undefined {
  const at = tag.indexOf(key, from);
  if (at < 0) return undefined;
  const start = at + key.length;
  const end = tag.indexOf('"', start);
  return end < 0 ? undefined : tag.slice(start, end);
}

/** Nodes that are read of one packet. tshark itself gives up at a million. */
const MOST_NODES = 1 << 21;

/** The nodes of a packet, of its text in PDML. */
export function nodesOf(packet: Uint8Array): PdmlNode[] {
  const nodes: PdmlNode[] = [];
  // One byte a character, which is the fastest; what is UTF-8 is decoded where its text is wanted.
  const text = bufferOf(packet).toString("latin1");
  let depth = 0;
  // Values have neither < nor >, but they may have line ends.
  for (let open = text.indexOf("<"); open >= 0; open = text.indexOf("<", open + 1)) {
    const end = text.indexOf(">", open);
    if (end < 0) break;
    if (text.charCodeAt(open + 1) === SLASH) depth--;
    else {
      const isProtocol = text.startsWith("proto ", open + 1);
      if (!isProtocol && !text.startsWith("field ", open + 1)) continue;
      if (nodes.length >= MOST_NODES) break;
      nodes.push(new PdmlNode(text.slice(open, end), depth, isProtocol));
      if (text.charCodeAt(end - 1) !== SLASH) depth++;
    }
    open = end;
  }
  return nodes;
}

/** Bytes of the text of one packet: one that shows all bytes of the longest stream that tshark puts together has fewer. */
const LONGEST = 1 << 28;
const BEGIN = "<packet>";
const END = "</packet>";

/** Takes PDML in pieces and gives the texts of packets that are whole. It holds the one that is not, and nothing else. */
export class PdmlReader {
  private parts: Uint8Array[];
  private held: number;
  /** The last bytes of what is held, in which an end may have begun. */
  private last: string;

  constructor() {
    this.parts = [];
    this.held = 0;
    this.last = "";
  }

  /**
   * The packets that end in the next piece of output, what is between their tags.
   *
   * @throws RangeError for a packet that is longer than any that tshark writes.
   */
  read(piece: Uint8Array): Uint8Array[] {
    const packets: Uint8Array[] = [];
    const bytes = bufferOf(piece);
    let at = 0;
    const seam = this.seam(bytes);
    if (seam >= 0) {
      this.hold(bytes.subarray(0, seam));
      packets.push(inside(this.take()));
      at = seam;
    }
    for (let end = bytes.indexOf(END, at); end >= 0; end = bytes.indexOf(END, at)) {
      const next = end + END.length;
      this.hold(bytes.subarray(at, next));
      packets.push(inside(this.take()));
      at = next;
    }
    this.hold(bytes.subarray(at));
    return packets;
  }

  /** Where in a piece an end ends that begins before it; -1 where there is none. */
  private seam(bytes: Buffer): number {
    const { last } = this;
    if (last === "") return -1;
    const both = last + bytes.toString("latin1", 0, END.length - 1);
    const at = both.indexOf(END);
    return at < 0 ? -1 : at + END.length - last.length;
  }

  private hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.held += bytes.length;
    if (this.held > LONGEST) throw new RangeError("a packet is longer than can be read");
    this.parts.push(bytes);
    const tail = bufferOf(bytes).toString("latin1", Math.max(0, bytes.length - END.length + 1));
    this.last = (this.last + tail).slice(1 - END.length);
  }

  private take(): Uint8Array {
    const whole = this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts);
    this.parts = [];
    this.held = 0;
    this.last = "";
    return whole;
  }
}

/** What is between the tags of a packet; before the first one stands the head of the whole. */
function inside(whole: Uint8Array): Uint8Array {
  const bytes = bufferOf(whole);
  const begin = bytes.indexOf(BEGIN);
  return bytes.subarray(begin < 0 ? 0 : begin + BEGIN.length, bytes.length - END.length);
}

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
