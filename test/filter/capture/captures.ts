import { CaptureError } from "../../../src/files/errors.ts";
import { PcapWriter } from "../../../src/files/pcap-writer.ts";
import { openCapture } from "../../../src/node/open.ts";

/** A packet as a filter sees it. */
export interface Frame {
  readonly bytes: Uint8Array;
  readonly originalLength: number;
}

/** The first frames of a capture by link type; what cannot be read of it is left out. */
export async function framesOf(path: string, most: number): Promise<Map<number, Frame[]>> {
  const found = new Map<number, Frame[]>();
  let count = 0;
  try {
    for await (const packet of openCapture(path)) {
      if (count++ === most) break;
      const { linkType } = packet.origin;
      if (!found.has(linkType)) found.set(linkType, []);
      const bytes = packet.data.slice(packet.start, packet.end);
      found.get(linkType)!.push({ bytes, originalLength: packet.originalLength });
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  return found;
}

/** A frame of Ethernet as it comes without that header, or with one of the cooked headers of Linux. */
export function asLinkType(linkType: number, { bytes }: Frame): Frame {
  const type = bytes.subarray(12, 14);
  const rest = bytes.subarray(14);
  const header = new Uint8Array({ 101: 0, 113: 16, 276: 20 }[linkType]!);
  if (linkType === 113) {
    header.set([0, 4, 0, 1, 0, 6, ...bytes.subarray(6, 12)]);
    header.set(type, 14);
  }
  if (linkType === 276) {
    header.set(type);
    header.set([0, 0, 0, 1, 0, 1, 0, 6, ...bytes.subarray(6, 12)], 4);
  }
  const all = Uint8Array.of(...header, ...rest);
  return { bytes: all, originalLength: all.length };
}

/** A capture of frames, each with its number for its time. */
export function captureOf(linkType: number, frames: readonly Frame[]): Uint8Array {
  const writer = new PcapWriter({ linkType });
  frames.forEach(({ bytes, originalLength }, i) => {
    writer.write(bytes, 0, bytes.length, originalLength, i, 0);
  });
  return writer.take();
}

/** The numbers of the frames in a capture made of such a one. */
export function numbersIn(capture: Uint8Array): number[] {
  const data = new DataView(capture.buffer, capture.byteOffset, capture.length);
  const numbers: number[] = [];
  // What tcpdump writes has the byte order of the machine.
  const littleEndian = data.getUint32(0, true) === 0xa1b2c3d4;
  for (let at = 24; at < capture.length; at += 16 + data.getUint32(at + 8, littleEndian))
    numbers.push(data.getUint32(at, littleEndian));
  return numbers;
}
