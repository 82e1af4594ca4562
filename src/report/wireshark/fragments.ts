import { formatHex } from "../../bytes/hex.ts";
import type { CompletedDatagram } from "../../reassembly/datagram.ts";
import type { Emit, Extra } from "./context.ts";

const names = (prefix: string): string[] => [
  `${prefix}.fragments`,
  `${prefix}.fragment`,
  `${prefix}.fragment.count`,
  `${prefix}.reassembled.length`,
  `${prefix}.reassembled.data`,
];

function emitDatagram(prefix: string, datagram: CompletedDatagram, emit: Emit): void {
  const { index, offsets, payload } = datagram;
  const data = formatHex(payload);
  // IPv4 shows the bytes under this name, IPv6 a heading.
  emit(`${prefix}.fragments`, prefix === "ip" ? data : "1");
  const inOrder = index.map((number, i) => ({ number, offset: offsets[i]! }));
  inOrder.sort((a, b) => a.offset - b.offset);
  for (const { number } of inOrder) emit(`${prefix}.fragment`, String(number));
  emit(`${prefix}.fragment.count`, String(index.length));
  emit(`${prefix}.reassembled.length`, String(payload.length));
  emit(`${prefix}.reassembled.data`, data);
}

const fragmentsExtra = (protocol: string, prefix: string): Extra => ({
  protocol,
  names: names(prefix),
  cells(layer, emit, { datagrams }) {
    const datagram = datagrams?.get(layer);
    if (datagram !== undefined) emitDatagram(prefix, datagram, emit);
  },
});

/** The datagram that a fragment completes. */
export const fragmentExtras: readonly Extra[] = [
  fragmentsExtra("ipv4", "ip"),
  fragmentsExtra("ipv6Fragment", "ipv6"),
];
