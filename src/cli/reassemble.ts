import { formatHex } from "../bytes/hex.ts";
import { PcapWriter } from "../files/pcap-writer.ts";
import { openCapture } from "../node/open.ts";
import { type Output, openOutput } from "../node/output.ts";
import type { Datagram } from "../reassembly/datagram.ts";
import { IpReassembly } from "../reassembly/ip.ts";
import { type OverlapPolicy, winsBy } from "../reassembly/overlap.ts";
import { TcpReassembly } from "../reassembly/tcp.ts";
import {
  type CollectedStream,
  type SideContent,
  StreamCollector,
} from "../reassembly/tcp-collector.ts";
import { dissectorFor, wholeNumber } from "./input.ts";
import { oneOf, type Pass, passOver } from "./pass.ts";
import { UsageError } from "./run.ts";

const protocols = ["ip", "tcp"] as const;
const formats = ["text", "json", "pcap"] as const;
/** Raw IP: the link type of packets that begin with their IP header. */
const RAW_IP = 101;

interface ReassembleOptions {
  readonly protocol?: string;
  readonly format?: string;
  readonly overlap?: string;
  readonly incomplete?: boolean;
  readonly output?: string;
  readonly count?: string;
  readonly decodeAs?: readonly string[];
}

/** `wirecraft reassemble`: datagrams from their fragments, or streams from their segments. */
export async function reassemble(path: string, options: ReassembleOptions): Promise<void> {
  const protocol = oneOf("--protocol", protocols, options.protocol ?? "ip");
  const format = oneOf("--format", formats, options.format ?? "text");
  const policies = Object.keys(winsBy) as OverlapPolicy[];
  const overlap =
    options.overlap === undefined ? undefined : oneOf("--overlap", policies, options.overlap);
  if (protocol === "tcp" && format === "pcap")
    throw new UsageError("--format: streams are no packets; pcap is for --protocol ip");
  const count = wholeNumber("--count", options.count);
  const capture = openCapture(path, { dissector: dissectorFor(options.decodeAs) });
  const isWanted = (one: { readonly completed: boolean }): boolean =>
    one.completed || options.incomplete === true;
  if (protocol === "tcp" && overlap === "discard")
    throw new UsageError("--overlap: 'discard' is for --protocol ip");
  const out = openOutput(options.output ?? "-");
  const pass =
    protocol === "ip"
      ? overDatagrams(overlap, isWanted, format, out)
      : overStreams(overlap as Exclude<OverlapPolicy, "discard">, isWanted, format === "json", out);
  await passOver(capture, count, out, pass);
}

type Wanted = (one: { readonly completed: boolean }) => boolean;

function overDatagrams(
  overlap: OverlapPolicy | undefined,
  isWanted: Wanted,
  format: (typeof formats)[number],
  out: Output,
): Pass {
  const policies = overlap === undefined ? {} : { overlap, overlap6: overlap };
  const reassembly = new IpReassembly(policies);
  const writer = format === "pcap" ? new PcapWriter({ linkType: RAW_IP, nanoseconds: true }) : null;
  const write = (one: Datagram): void => {
    if (!isWanted(one)) return;
    if (writer === null) out.write(format === "json" ? datagramJson(one) : datagramText(one));
    else if (one.packet !== null) {
      const { data, start, end, seconds, nanoseconds } = one.packet;
      writer.write(data, start, end, end - start, seconds, Math.max(0, nanoseconds));
      out.write(writer.take());
    }
  };
  reassembly.onCompleted(write);
  reassembly.onIncomplete(write);
  return {
    // Fragments may lie in a datagram that was itself put together.
    add: (packet) => {
      for (let one = reassembly.add(packet); one !== null; one = reassembly.add(one.packet));
    },
    finish: () => {
      reassembly.flush();
      if (writer !== null) out.write(writer.take());
    },
  };
}

function datagramText(one: Datagram): string {
  const { src, dst, id, protocol } = one.id;
  const who = `${src} -> ${dst} id 0x${id.toString(16)} protocol ${protocol}`;
  const frames = one.index.join(",");
  if (one.completed)
    return `${who}  ${one.payload.length} bytes  ${one.packet.chain}  frames ${frames}\n`;
  const holes = one.holes.map(({ from, to }) => `${from}-${to}`).join(",");
  return `${who}  incomplete (${one.reason}), missing ${holes || "the end"}  frames ${frames}\n`;
}

function datagramJson(one: Datagram): string {
  const { completed, id, index, header } = one;
  const common = { completed, id, index, header: header === null ? null : formatHex(header) };
  const rest = one.completed
    ? { payload: formatHex(one.payload), protocols: String(one.packet.chain) }
    : {
        payload: one.payload.map(({ from, bytes }) => ({ offset: from, data: formatHex(bytes) })),
        ...{ reason: one.reason, total: one.total },
        missing: one.holes.map(({ from, to }) => ({ offset: from, length: to - from })),
      };
  return `${JSON.stringify({ ...common, ...rest, conflicts: one.conflicts.length })}\n`;
}

function overStreams(
  overlap: Exclude<OverlapPolicy, "discard"> | undefined,
  isWanted: Wanted,
  isJson: boolean,
  out: Output,
): Pass {
  const consumer = new StreamCollector({
    onStream: (one) => {
      if (isWanted(one)) out.write(isJson ? streamJson(one) : streamText(one));
    },
  });
  const reassembly = new TcpReassembly({
    consumer,
    ...(overlap === undefined ? {} : { overlap }),
  });
  return { add: (packet) => reassembly.add(packet), finish: () => reassembly.flush() };
}

const endText = ({ src }: SideContent): string =>
  src.address.includes(":") ? `[${src.address}]:${src.port}` : `${src.address}:${src.port}`;

function streamText({ stream, client, server, conflicts }: CollectedStream): string {
  const side = ({ size, missing, reason }: SideContent): string =>
    `${size} bytes${missing > 0 ? `, ${missing} missing` : ""} (${reason})`;
  const odd = conflicts.length > 0 ? `  ${conflicts.length} conflicts` : "";
  return `${stream.index}  ${endText(client)} ${side(client)}  ${endText(server)} ${side(server)}${odd}\n`;
}

function streamJson(one: CollectedStream): string {
  const { stream, completed, reason, client, server, conflicts, anomalies } = one;
  const side = ({ src, dst, index, size, missing, pieces, ...rest }: SideContent) => ({
    ...{ src, dst, completed: rest.completed, reason: rest.reason, index, size, missing },
    payload: pieces.map(({ offset, length, bytes }) =>
      bytes === null ? { offset, gap: length } : { offset, data: formatHex(bytes) },
    ),
  });
  const text = {
    ...{ stream: stream.index, completed, reason, client: side(client), server: side(server) },
    conflicts: conflicts.map((c) => ({
      ...{ side: c.side, offset: c.offset, winner: c.winner },
      old: { packet: c.oldPacket, data: formatHex(c.old) },
      fresh: { packet: c.packet, data: formatHex(c.fresh) },
    })),
    anomalies: anomalies.length,
  };
  return `${JSON.stringify(text)}\n`;
}
