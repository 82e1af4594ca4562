import { Argument, type Command, Option } from "commander";
import { COUNT, COUNT_HELP, collect } from "./flags.ts";
import { run } from "./run.ts";

/** What makes capture files out of capture files. */
export function addFiles(program: Command): void {
  const format = (text: string): Option =>
    new Option("-f, --format <format>", text).choices(["pcap", "pcapng"]);
  program
    .command("convert <capture>")
    .description("a capture in the other format, cut, or only some of its packets")
    .requiredOption("-o, --output <file>", "the capture file to write; - is standard output")
    .addOption(format("pcap or pcapng; from the output's name, else as the input"))
    .option("--snaplen <n>", "keep so many bytes of each packet")
    .option(
      "--packets <numbers>",
      "only these, e.g. 7, 3-9, 20- or -5,8 (may be repeated)",
      collect,
    )
    .option("--after <time>", "only packets of this time or later: RFC 3339, or seconds since 1970")
    .option("--before <time>", "only packets before this time")
    .option(COUNT, COUNT_HELP)
    .addHelpText("after", CONVERT_HELP)
    .action((path: string, options: { output: string }) =>
      run(async () => (await import("./convert.ts")).convert(path, options)),
    );
  program
    .command("merge <captures...>")
    .description("several captures as one, by time")
    .requiredOption("-o, --output <file>", "the capture file to write; - is standard output")
    .addOption(format("pcap or pcapng; from the output's name, else pcapng"))
    .option("-a, --append", "one behind the other, instead of by time")
    .option("--snaplen <n>", "keep so many bytes of each packet")
    .addHelpText(
      "after",
      "\nExample:\n  wirecraft merge inside.pcapng outside.pcap.gz -o both.pcapng",
    )
    .action((paths: string[], options: { output: string }) =>
      run(async () => (await import("./merge.ts")).merge(paths, options)),
    );
  program
    .command("split <capture>")
    .description("one capture as several files, each of them whole")
    .requiredOption("-o, --output <folder>", "where they go; made where there is none")
    .option("-c, --count <n>", "begin another file after so many packets")
    .option("-s, --seconds <s>", "begin another file after so much time")
    .option("-b, --bytes <n>", "begin another file before one becomes longer than this")
    .addHelpText("after", "\nExample:\n  wirecraft split day.pcapng --seconds 3600 -o hours")
    .action((path: string, options: { output: string }) =>
      run(async () => (await import("./split.ts")).split(path, options)),
    );
}

const CONVERT_HELP = `
Where nothing else is asked for, the same format gives the same bytes. pcap holds packets of one link type, and nothing else.

Examples:
  wirecraft convert capture.pcapng -o capture.pcap
  wirecraft convert capture.pcapng.zst -o headers.pcapng --snaplen 96
  wirecraft convert capture.pcap -o minute.pcap --after 2026-03-02T07:30:00Z --before 2026-03-02T07:31:00Z`;

/** The script that completes the command line in a shell. */
export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("a script that completes commands and options in a shell")
    .addArgument(new Argument("<shell>", "which shell").choices(["bash", "zsh", "fish"]))
    .addHelpText("after", "\nExample:\n  source <(wirecraft completion bash)")
    .action((shell: string) =>
      run(async () => (await import("./completion.ts")).completion(shell, program)),
    );
}
