/** Capture filters that are ready to use. */

import type { Ancillary } from "./ancillary.ts";
import { bpfCodes } from "./opcodes.ts";
import type { BpfProgram } from "./program.ts";
import { BpfMachine } from "./vm.ts";

/** LINKTYPE_ETHERNET. */
const ETHERNET = 1;

/**
 * A capture filter as a program that decides over packets by their bytes, for the packets of one link type. Live sources and
 * sockets take it as it is.
 *
 * @example
 * const ipv6 = new CompiledFilter(parseProgram("4\n40 0 0 12\n21 0 1 34525\n6 0 0 262144\n6 0 0 0"));
 * ipv6.filter(bytes);
 */
export class CompiledFilter {
  readonly program: BpfProgram;
  /** Number of the link type whose packets the program expects. */
  readonly linkType: number;
  /** The most bytes that it keeps of a packet: 0 where it rejects all, 4294967295 where that depends on the packet. */
  readonly snaplen: number;
  private readonly machine: BpfMachine;

  /** @throws ProgramError when the program cannot be run. */
  constructor(program: BpfProgram, linkType = ETHERNET) {
    this.machine = new BpfMachine(program);
    this.program = program;
    this.linkType = linkType;
    this.snaplen = mostKept(program);
  }

  /**
   * Whether the packet is wanted. `originalLength` is what it had on the wire, its own length unless told; `known` is what the
   * source knows of it beside its bytes.
   */
  filter(bytes: Uint8Array, originalLength = bytes.length, known?: Ancillary): boolean {
    return this.machine.run(bytes, originalLength, known) !== 0;
  }

  /** How many bytes of the packet are wanted, which may be more than it has; 0 for none. */
  run(bytes: Uint8Array, originalLength = bytes.length, known?: Ancillary): number {
    return this.machine.run(bytes, originalLength, known);
  }
}

function mostKept(program: BpfProgram): number {
  let most = 0;
  for (const { code, k } of program) {
    if (code === bpfCodes.RET_A) return 0xffff_ffff;
    if (code === bpfCodes.RET_K) most = Math.max(most, k);
  }
  return most;
}
