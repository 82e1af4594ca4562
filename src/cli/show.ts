import { hexDump } from "../bytes/hex.ts";
import { openCapture } from "../node/open.ts";
import { openOutput } from "../node/output.ts";
import { importLine, packetCode } from "../packet/code.ts";
import { type DescribedNode, describePacket } from "../packet/describe.ts";
import type { Packet } from "../packet/packet.ts";
import { verifyPacket } from "../packet/verify.ts";
import { formatPacketError } from "../schema/error.ts";
import { dissectorFor, forPackets, wholeNumber } from "./input.ts";
import { UsageError } from "./run.ts";

interface ShowOptions {
  readonly number?: readonly string[];
  readonly decodeAs?: readonly string[];
  readonly code?: boolean;
}

/**
 * `wirecraft show`: the tree and the bytes of packets; of all of them where none is named. With `--code`, a program that
 * builds them.
 */
export async function show(path: string, options: ShowOptions): Promise<void> {
  const wanted = new Set(options.number?.map((text) => wholeNumber("--number", text, 1)!));
  const last = wanted.size === 0 ? undefined : Math.max(...wanted);
  const capture = openCapture(path, { dissector: dissectorFor(options.decodeAs) });
  const out = openOutput("-");
  let shown = 0;
  const program = options.code ? new Program() : null;
  try {
    await forPackets(capture, last, (packet) => {
      if (wanted.size > 0 && !wanted.has(packet.number)) return;
      shown++;
      if (program === null) out.write(packetText(packet));
      else program.add(packet);
    });
    if (program !== null && shown > 0) out.write(program.text());
  } finally {
    out.finish();
  }
  if (wanted.size > 0 && shown < wanted.size)
    throw new UsageError(`--number: the capture has ${capture.count} packets`);
}

/** Code of packets, kept until all are known: what is imported for it comes first. */
class Program {
  private readonly imports = new Set<string>();
  private readonly statements: string[] = [];

  add(packet: Packet): void {
    const { text, imports } = packetCode(packet, { constant: `packet${packet.number}` });
    for (const name of imports) this.imports.add(name);
    this.statements.push(text);
  }

  text(): string {
    return `${importLine(this.imports)}\n\n${this.statements.join("\n")}\n`;
  }
}

function packetText(packet: Packet): string {
  const cut = packet.length < packet.originalLength ? `, ${packet.length} captured` : "";
  let text = `Packet ${packet.number}: ${packet.originalLength} bytes${cut}, ${packet.chain}\n`;
  for (const node of describePacket(packet).children) text += nodeText(node, 1);
  for (const one of verifyPacket(packet)) {
    if (one.status === "bad")
      text += `  Bad checksum ${one.layer.schema.root.name}.${one.name}: 0x${one.stored.toString(16)}, right is 0x${one.computed!.toString(16)}\n`;
  }
  const { error } = packet;
  if (error !== null) text += `  Fault: ${formatPacketError(error, packet.start)}\n`;
  return `${text}\n${hexDump(packet.data, packet.start, packet.end, { offset: 0 })}\n\n`;
}

function nodeText(node: DescribedNode, depth: number): string {
  const indent = "  ".repeat(depth);
  const value = node.text === "" ? "" : `: ${plain(node.text)}`;
  let text = `${indent}${node.title}${value}\n`;
  for (const child of node.children) text += nodeText(child, depth + 1);
  return text;
}

/** Control characters would move the cursor. */
const plain = (text: string): string => text.replace(/\p{Cc}/gu, ".");
