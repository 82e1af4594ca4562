/** Capture filters: programs of the classic Berkeley Packet Filter, their text, and the machine that runs them. */
export type { Ancillary } from "./ancillary.ts";
export { type CheckOptions, checkProgram } from "./check.ts";
export { CompiledFilter } from "./compiled.ts";
export { type BpfOperand, type BpfOperation, bpfCodes, bpfOperations } from "./opcodes.ts";
export {
  type BpfInstruction,
  BpfProgram,
  ProgramError,
  type ProgramErrorCode,
} from "./program.ts";
export {
  formatInstruction,
  formatProgram,
  type ProgramForm,
  parseProgram,
} from "./program-text.ts";
export { BpfMachine } from "./vm.ts";
