import { spawnSync } from "node:child_process";
import { dirname } from "node:path";

/** A stream as `tshark -z follow,tcp,raw` prints it: a line a chunk, those of the second node with a tab in front. */
export interface Followed {
  readonly index: number;
  /** Address and port of the first node. */
  readonly node0: string;
  readonly lines: readonly string[];
}

/** What tshark says of the TCP in a capture. */
export interface Golden {
  /** For each header of TCP: the frame, the number of the stream, and the bytes of data. */
  readonly segments: readonly {
    readonly frame: number;
    readonly stream: number;
    readonly length: number;
  }[];
  readonly followed: readonly Followed[];
}

const numbers = (cell: string | undefined): number[] => (cell ? cell.split(",").map(Number) : []);

/** Runs tshark once over a capture: the numbers of all streams, and the contents of some. */
export function golden(file: string, streams: readonly number[]): Golden {
  const args = ["-n", "-r", file, "-T", "fields"];
  for (const name of ["frame.number", "tcp.stream", "tcp.len"]) args.push("-e", name);
  for (const stream of streams) args.push("-z", `follow,tcp,raw,${stream}`);
  const home = dirname(file);
  const done = spawnSync("tshark", args, {
    encoding: "utf8",
    maxBuffer: 1 << 29,
    env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8", HOME: home, XDG_CONFIG_HOME: home },
  });
  const [table = "", ...printed] = done.stdout.split(/\n?={20,}\nFollow: tcp,raw\n/);
  const segments = table.split("\n").flatMap((line) => {
    const [frame, stream, length] = line.split("\t");
    const lengths = numbers(length);
    return numbers(stream).map((one, i) => ({
      frame: Number(frame),
      stream: one,
      length: lengths[i] ?? 0,
    }));
  });
  return { segments, followed: printed.map(followedOf) };
}

function followedOf(text: string): Followed {
  const [filter = "", node0 = "", , ...rest] = text.split("\n");
  const end = rest.findIndex((line) => line.startsWith("===="));
  const lines = rest.slice(0, end < 0 ? rest.length : end).filter((line) => line !== "");
  return {
    index: Number(filter.split(" ").at(-1)),
    node0: node0.replace("Node 0: ", ""),
    lines,
  };
}
