import { Command, Option } from "commander";
import { COUNT, COUNT_HELP, collect } from "./flags.ts";
import { addLiveOptions } from "./live-flags.ts";
import { addCompletion, addFiles } from "./program-files.ts";
import { run } from "./run.ts";

const DECODE_AS = "--decode-as <rule>";
const DECODE_AS_HELP = "dissect as told, e.g. tcp.port==8080,http (may be repeated)";

/** The command line. Commands are loaded when they are called, so that starting costs little. */
export async function main(argv: readonly string[], version: string): Promise<void> {
  const program = new Command("wirecraft");
  program
    .description("Read, take apart, and report network captures.")
    .version(version, "-V, --version")
    .showHelpAfterError("(wirecraft --help shows how it is used)")
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, "wirecraft: ")),
    })
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  addExtract(program);
  addBuild(program);
  program
    .command("list <capture>")
    .description("one line a packet")
    .option(COUNT, COUNT_HELP)
    .option(DECODE_AS, DECODE_AS_HELP, collect)
    .addHelpText("after", "\nExample:\n  wirecraft list capture.pcapng -c 20")
    .action((path: string, options: object) =>
      run(async () => (await import("./list.ts")).list(path, options)),
    );
  program
    .command("show <capture>")
    .description("the tree and bytes of packets")
    .option("-n, --number <n>", "which packet (may be repeated)", collect)
    .option(DECODE_AS, DECODE_AS_HELP, collect)
    .option("--code", "as TypeScript that builds the packets")
    .addHelpText(
      "after",
      "\nExamples:\n  wirecraft show capture.pcapng -n 3\n  wirecraft show capture.pcapng -n 3 --code",
    )
    .action((path: string, options: object) =>
      run(async () => (await import("./show.ts")).show(path, options)),
    );
  program
    .command("fields [capture]")
    .description("columns, as `tshark -n -T fields` prints them")
    .option("-e, --field <name>", "a field by Wireshark's name (may be repeated)", collect)
    .option("--list", "the names that are known")
    .option(COUNT, COUNT_HELP)
    .option(DECODE_AS, DECODE_AS_HELP, collect)
    .addHelpText("after", "\nExample:\n  wirecraft fields capture.pcap -e ip.src -e tcp.dstport")
    .action((path: string | undefined, options: object) =>
      run(async () => (await import("./fields.ts")).fields(path, options)),
    );
  program
    .command("info <capture>")
    .description("what a capture file holds: format, interfaces, packets, times")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample:\n  wirecraft info capture.pcapng")
    .action((path: string, options: object) =>
      run(async () => (await import("./info.ts")).info(path, options)),
    );
  addFlows(program);
  addStats(program);
  addStreams(program);
  addLive(program);
  addFiles(program);
  addVerify(program);
  addCompletion(program);
  await program.parseAsync([...argv]);
}

function addVerify(program: Command): void {
  program
    .command("verify <captures...>")
    .description("compare engines field by field on captures")
    .option(
      "--engines <names>",
      "two or more of native, tshark, scapy and dpkt; the first is compared with each other one; native,tshark when left out",
    )
    .option(COUNT, "stop after this many packets of each capture")
    .option("--only <prefixes>", "only fields with these prefixes, e.g. ip,tcp")
    .option("--tolerance <percent>", "how many cells may differ for exit code 0; 0 when left out")
    .option("--worst <n>", "show so many of the fields that differ most; 10 when left out")
    .option("--json", "as JSON")
    .option("-o, --output <file>", "write the smallest frame that differs as a pcap file")
    .addHelpText(
      "after",
      "\nExamples:\n  wirecraft verify capture.pcapng\n  wirecraft verify a.pcap b.pcap --only ip,tcp,udp --tolerance 1 -o differs.pcap",
    )
    .action((paths: string[], options: object) =>
      run(async () => (await import("./verify.ts")).verify(paths, options)),
    );
}

function addExtract(program: Command): void {
  program
    .command("extract <capture>")
    .description("a report of every packet")
    .option("-o, --output <file>", "where the report goes; standard output when left out or -")
    .addOption(
      oneOf(FORMATS, "-f, --format <format>", "the report's format; from the output's name"),
    )
    .option("-j, --json", "the same as --format json")
    .option("-p, --plist", "the same as --format plist")
    .option("-t, --tree", "the same as --format tree")
    .option(
      "-a, --auto-extension",
      "add .pcap to the input's name and the format's to the output's",
    )
    .option("-v, --verbose", "a line of its protocols for every packet")
    .option("-F, --files", "a file for each block and packet, in the folder --output")
    .addOption(oneOf(ENGINES, "-E, --engine <name>", "who takes the packets apart; native"))
    .option("--fallback", "ours takes the place of an engine that is not installed")
    .option("-P, --protocol <names>", "dissect no further than this (may be repeated)", collect)
    .option("-L, --layer <layer>", "dissect no further than link, internet, transport, application")
    .option("-B, --buffer-save", "keep the input in a file: for standard input")
    .option("-O, --buffer-path <file>", "that file; buffer.pcap when left out")
    .option("-e, --field <name>", "a column of csv and parquet (may be repeated)", collect)
    .option("--workers <n>", "so many threads")
    .option("--keep-valid", "write under the final name, whole after every packet")
    .option("--growing", "wait for more at the end of a file that is being written")
    .option("--growing-timeout <s>", "until nothing came for so long")
    .option("--lenient", "pass over what is damaged, and go on behind it")
    .option(COUNT, COUNT_HELP)
    .option(DECODE_AS, DECODE_AS_HELP, collect)
    .addHelpText("after", EXTRACT_HELP)
    .action((path: string, options: object) =>
      run(async () => (await import("./extract.ts")).extract(path, options)),
    );
}

/** An option with values that a shell can be told; in what case they are given does not matter. */
function oneOf(values: readonly string[], flags: string, text: string): Option {
  const option = new Option(flags, text);
  option.argChoices = [...values];
  return option;
}

/** Kept here, so that a shell is told of them without loading what they are: a test holds both against the real ones. */
export const FORMATS = [
  ...["json", "ndjson", "tree", "plist", "html", "csv", "pcap", "pcapng", "parquet", "null"],
  ...["txt", "xml", "jsonl", "htm", "cap"],
];
export const ENGINES = [
  ...["native", "server", "pipeline", "tshark", "scapy", "dpkt"],
  ...["default", "pcapkit", "pyshark"],
];

const EXTRACT_HELP = `
A report is written as NAME.partial and gets its name when it is whole.

Examples:
  wirecraft extract capture.pcapng --format tree
  wirecraft extract capture.pcapng -o report.json --workers 4
  wirecraft extract capture.pcapng -o columns.csv -e frame.number -e ip.src -e tcp.dstport
  zcat capture.pcap.gz | wirecraft extract - -o report.json`;

function addFlows(program: Command): void {
  program
    .command("flows <capture>")
    .description("who talked with whom: packets, bytes and connections, a line a flow")
    .option("-f, --format <format>", "text, json, zeek (conn.log), eve (eve.json) or csv")
    .option("-o, --output <file>", "where they go; standard output when left out or -")
    .option("--idle-timeout <s>", "a flow is over when it was quiet for so long; 300 when left out")
    .option("--active-timeout <s>", "begin another part of a flow after so long")
    .option("--limit <n>", "flows kept at once; the one that was quiet for longest makes room")
    .option("--outermost", "of tunnels the carrier, not what is carried")
    .option("--tags", "tell networks apart by VLAN and virtual network")
    .option("--seed <n>", "seed of the Community IDs")
    .option("--trace <folder>", "also write each flow with ports to a file of its own there")
    .option("--trace-format <format>", "pcap (the default), pcapng, json, tree and other reports")
    .option(COUNT, COUNT_HELP)
    .option(DECODE_AS, DECODE_AS_HELP, collect)
    .addHelpText(
      "after",
      "\nExamples:\n  wirecraft flows capture.pcapng\n  wirecraft flows capture.pcapng --format zeek -o conn.log\n  wirecraft flows capture.pcapng --trace flows",
    )
    .action((path: string, options: object) =>
      run(async () => (await import("./flows.ts")).flows(path, options)),
    );
}

function addStats(program: Command): void {
  program
    .command("stats <capture>")
    .description("figures of a capture: protocols, conversations, ends, packets over time")
    .option("--hierarchy", "protocols by what they lie on; also when nothing else is asked for")
    .option("--conversations <kind>", "eth, ip, ipv6, tcp, udp or sctp (may be repeated)", collect)
    .option("--endpoints <kind>", "as for conversations (may be repeated)", collect)
    .option("--io <s>", "frames and bytes in each interval of so many seconds")
    .option("--notes", "what is odd about TCP: retransmissions, gaps, full windows")
    .option("--limit <n>", "conversations told apart at most; 500000 when left out")
    .option("-f, --format <format>", "text or json")
    .option("-o, --output <file>", "where they go; standard output when left out or -")
    .option(COUNT, COUNT_HELP)
    .option(DECODE_AS, DECODE_AS_HELP, collect)
    .addHelpText(
      "after",
      "\nExamples:\n  wirecraft stats capture.pcapng\n  wirecraft stats capture.pcapng --conversations tcp --endpoints ip --io 1",
    )
    .action((path: string, options: object) =>
      run(async () => (await import("./stats.ts")).stats(path, options)),
    );
}

function addStreams(program: Command): void {
  program
    .command("follow <capture>")
    .description("what was said in a stream")
    .option("-p, --protocol <protocol>", "tcp (the default), udp, http, http2 or tls")
    .option("-s, --stream <n>", "which, by its number as in tcp.stream; all when left out")
    .option("--as <form>", "ascii (the default), hex, raw or json")
    .option("-o, --output <file>", "where it goes; standard output when left out or -")
    .option(COUNT, COUNT_HELP)
    .option(DECODE_AS, DECODE_AS_HELP, collect)
    .addHelpText(
      "after",
      "\nExamples:\n  wirecraft follow capture.pcapng --stream 3\n  wirecraft follow capture.pcapng --protocol http --as json",
    )
    .action((path: string, options: object) =>
      run(async () => (await import("./follow.ts")).follow(path, options)),
    );
  program
    .command("reassemble <capture>")
    .description("datagrams from their fragments, or streams from their segments")
    .option("-p, --protocol <protocol>", "ip (the default) or tcp")
    .option("-f, --format <format>", "text (the default), json, or of datagrams pcap")
    .option("--overlap <policy>", "who wins: first, last, bsd, linux, windows, solaris or discard")
    .option("--incomplete", "also those of which something is missing")
    .option("-o, --output <file>", "where they go; standard output when left out or -")
    .option(COUNT, COUNT_HELP)
    .option(DECODE_AS, DECODE_AS_HELP, collect)
    .addHelpText(
      "after",
      "\nExamples:\n  wirecraft reassemble fragments.pcap --format pcap -o whole.pcap\n  wirecraft reassemble capture.pcapng --protocol tcp --incomplete",
    )
    .action((path: string, options: object) =>
      run(async () => (await import("./reassemble.ts")).reassemble(path, options)),
    );
  program
    .command("objects <capture>")
    .description("files that were carried by HTTP, FTP and mail")
    .option(
      "-p, --protocol <protocol>",
      "http, http2, ftp, smtp, pop or imap (may be repeated)",
      collect,
    )
    .option("-o, --output <folder>", "where they go, with a manifest.json")
    .option("--list", "only say what there is")
    .option(COUNT, COUNT_HELP)
    .option(DECODE_AS, DECODE_AS_HELP, collect)
    .addHelpText(
      "after",
      "\nExamples:\n  wirecraft objects capture.pcapng --list\n  wirecraft objects capture.pcapng --protocol http -o files",
    )
    .action((path: string, options: object) =>
      run(async () => (await import("./objects.ts")).objects(path, options)),
    );
}

const BUILD_HELP = `
A stack is layers, lowest first, with / between them: name(field=value, ...), then text in quotes or bytes as 0x....
Values are numbers (10, 0x0a, 0b1010), names of numbers, addresses, texts, flags (syn+ack), and lists of
records (options=[maximumSegmentSize(mss=1460), noOperation]). What is left out is computed.

Examples:
  wirecraft build 'ethernet / ipv4(dst=192.0.2.1, ttl=3) / icmp.echo(id=1, seq=1) / "hello"' -o ping.pcap
  wirecraft build 'ipv4(dst=192.0.2.1) / tcp(dstPort=80, flags=syn)' --hex
  wirecraft extract capture.pcap -f ndjson | wirecraft build - -o again.pcap`;

function addBuild(program: Command): void {
  program
    .command("build <stack>")
    .description("packets from a stack of layers, or from JSON on standard input (-)")
    .option("-o, --output <file>", "where they go; standard output when left out or -")
    .option(
      "-f, --format <format>",
      "pcap, pcapng, dump, hex or text; from the output's name, else dump",
    )
    .option("--hex", "the digits of a packet on a line; the same as --format hex")
    .option("-c, --count <n>", "so many times")
    .option("--link-type <n>", "of the pcap file, where the lowest layer does not say it")
    .addHelpText("after", BUILD_HELP)
    .action((stack: string, options: object) =>
      run(async () => (await import("./build.ts")).build(stack, options)),
    );
}

/** What interfaces are for. */
function addLive(program: Command): void {
  program
    .command("interfaces")
    .description("the interfaces of this computer, and what can be captured from")
    .option("--json", "as JSON")
    .action((options: object) =>
      run(async () => (await import("./interfaces.ts")).interfaces(options)),
    );
  addLiveOptions(program.command("capture").description("packets of an interface"))
    .option(
      "-o, --output <file>",
      "a capture file; lines on standard output when left out, - for a capture there",
    )
    .option("--format <format>", "text, pcap or pcapng; from the output's name when left out")
    .option("--rotate-size <MB>", "begin another file after so much")
    .option("--rotate-time <s>", "begin another file after so many seconds")
    .option("--rotate-count <n>", "begin another file after so many packets")
    .option("--files <n>", "keep only the last so many files")
    .addHelpText("after", CAPTURE_HELP)
    .action((options: object) => run(async () => (await import("./capture.ts")).capture(options)));
  program
    .command("send [capture]")
    .description("sends the packets of a capture, as they are")
    .option("-i, --interface <name>", "the interface; the first usable one when left out")
    .option("--hex <digits>", "a packet as hexadecimal digits, or a dump, instead of a capture")
    .option("-c, --count <n>", "so many times")
    .option("--interval <s>", "seconds between two packets")
    .addHelpText(
      "after",
      "\nExample:\n  wirecraft build 'ethernet / arp' -o arp.pcap && wirecraft send arp.pcap -i eth0",
    )
    .action((path: string | undefined, options: object) =>
      run(async () => (await import("./send.ts")).send(path, options)),
    );
  program
    .command("replay <capture>")
    .description("sends the packets of a capture with the times between them as they were")
    .option("-i, --interface <name>", "the interface; the first usable one when left out")
    .option("--speed <factor>", "so many times faster")
    .option("--rate <n>", "so many packets a second instead")
    .option("--bit-rate <Mbit>", "so many million bits a second instead")
    .option("--fast", "as fast as it goes")
    .option("--loop <n>", "so many times; 0 until Ctrl-C")
    .option("-c, --count <n>", "stop after so many packets")
    .addHelpText("after", "\nExample:\n  wirecraft replay capture.pcapng -i eth0 --speed 2")
    .action((path: string, options: object) =>
      run(async () => (await import("./replay.ts")).replay(path, options)),
    );
  program
    .command("serve <what>")
    .description("answers frames of an EtherType: echo sends them back, hexdump shows them")
    .option("-i, --interface <name>", "the interface; the first usable one when left out")
    .option("--ether-type <n>", "which frames; 0x88b5 (for experiments) when left out")
    .addHelpText("after", "\nExample:\n  wirecraft serve echo -i eth0 --ether-type 0x88b5")
    .action((what: string, options: object) =>
      run(async () => (await import("./serve.ts")).serve(what, options)),
    );
  program
    .command("doctor")
    .description(
      "what is installed, what may be captured, and what helps where something is missing",
    )
    .option("--json", "as JSON")
    .action((options: object) => run(async () => (await import("./doctor.ts")).doctor(options)));
}

const CAPTURE_HELP = `
Ctrl-C ends a capture; figures come on standard error.

Examples:
  wirecraft capture -i eth0 -f 'udp port 53' -c 10
  wirecraft capture -i eth0 -o web.pcapng -f 'tcp port 443' --rotate-size 100 --files 10
  wirecraft capture -i eth0 -o - | wirecraft extract - --format ndjson`;
