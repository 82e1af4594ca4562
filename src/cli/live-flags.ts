import type { Command } from "commander";

/** The options of commands that capture. Apart from what reads them: nothing of an interface is loaded to show a help text. */
export const addLiveOptions = (command: Command): Command =>
  command
    .option("-i, --interface <name>", "the interface; the first usable one when left out")
    .option("-f, --filter <expression>", "which packets, in the language of pcap-filter(7)")
    .option("-c, --count <n>", "stop after this many packets")
    .option("--duration <s>", "stop after so many seconds")
    .option("--backend <name>", "the way to the interface: auto, ring, pcap, socket or subprocess")
    .option("-s, --snaplen <bytes>", "bytes kept of a packet; all when left out")
    .option("-p, --no-promiscuous", "only what is for this computer")
    .option("-Q, --direction <d>", "in, out or both")
    .option("-B, --buffer <MiB>", "what may wait with the system; 16 when left out")
    .option("-I, --monitor", "monitor mode of a wireless interface")
    .option("--thread", "take packets from the system in a thread of their own");
