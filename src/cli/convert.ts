import { RecordConverter } from "../files/convert.ts";
import { type NumberRange, parseNumberRanges, parseTime } from "../files/select.ts";
import { readRecords } from "../files/stream.ts";
import { Progress } from "../node/progress.ts";
import {
  captureFormat,
  captureSource,
  fromOption,
  refuseOverwriting,
  snaplenOf,
  writePieces,
} from "./capture-file.ts";
import { wholeNumber } from "./input.ts";

interface ConvertOptions {
  readonly output: string;
  readonly format?: string;
  readonly snaplen?: string;
  readonly packets?: readonly string[];
  readonly after?: string;
  readonly before?: string;
  readonly count?: string;
}

/** `wirecraft convert`: a capture in the other format, cut, or only some of its packets. */
export async function convert(path: string, options: ConvertOptions): Promise<void> {
  const progress = new Progress(path, options.output !== "-");
  const converter = converterFor(options, progress);
  refuseOverwriting([path], options.output);
  const source = captureSource(path);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const piece of readRecords(source, converter)) {
      yield piece;
      if (converter.isOver) return;
    }
  }
  try {
    await writePieces(options.output, pieces(), () => converter.finish());
  } finally {
    progress.stop();
  }
}

function converterFor(options: ConvertOptions, progress: Progress): RecordConverter {
  const { packets, after, before } = options;
  const format = captureFormat(options.format, options.output);
  const snaplen = snaplenOf(options.snaplen);
  const count = wholeNumber("--count", options.count);
  const ranges = packets?.flatMap((text): NumberRange[] =>
    fromOption("--packets", () => parseNumberRanges(text)),
  );
  const choice = {
    onPacket: (captured: number) => progress.add(captured),
    ...(format === undefined ? {} : { format }),
    ...(snaplen === undefined ? {} : { snaplen }),
    ...(count === undefined ? {} : { count }),
    ...(ranges === undefined ? {} : { packets: ranges }),
    ...(after === undefined ? {} : { after: fromOption("--after", () => parseTime(after)) }),
    ...(before === undefined ? {} : { before: fromOption("--before", () => parseTime(before)) }),
  };
  return new RecordConverter(choice);
}
