import { bpfOperations } from "../../../src/filter/capture/opcodes.ts";
import type { BpfProgram } from "../../../src/filter/capture/program.ts";

class Reject extends Error {}

const arithmetic: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
  or: (a, b) => a | b,
  and: (a, b) => a & b,
  xor: (a, b) => a ^ b,
  lsh: (a, b) => (b > 31n ? 0n : a << b),
  rsh: (a, b) => a >> b,
  neg: (a) => -a,
};

const conditions: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  jeq: (a, b) => a === b,
  jgt: (a, b) => a > b,
  jge: (a, b) => a >= b,
  jset: (a, b) => (a & b) !== 0n,
};

/**
 * Runs a program as the manual of the language reads, on integers without bounds: slow, and nothing in it is shared with the machine
 * that is tested but the meanings of codes.
 */
export function runSlowly(program: BpfProgram, packet: Uint8Array, wire: number): number {
  const registers = { a: 0n, x: 0n };
  const memory = new Map<number, bigint>();
  const load = (at: bigint, size: number): bigint => {
    if (at + BigInt(size) > BigInt(packet.length)) throw new Reject();
    return [...packet.subarray(Number(at), Number(at) + size)].reduce(
      (sum, byte) => sum * 256n + BigInt(byte),
      0n,
    );
  };
  try {
    for (let [pc, turns] = [0, 0]; ; pc++) {
      const { code, jt, jf, k } = program.at(pc)!;
      const { mnemonic, operand } = bpfOperations.get(code)!;
      const constant = BigInt(k);
      const value = (): bigint => {
        const size = { ld: 4, ldh: 2 }[mnemonic] ?? 1;
        if (operand === "packet") return load(constant, size);
        if (operand === "indexed") return load(constant + registers.x, size);
        if (operand === "header") return (load(constant, 1) % 16n) * 4n;
        if (operand === "memory") return memory.get(k)!;
        if (operand === "length") return BigInt(wire);
        return operand === "x" ? registers.x : constant;
      };
      if (mnemonic === "ret") return Number(code === 0x16 ? registers.a : constant);
      if (mnemonic === "ja") {
        pc += k | 0;
        if ((k | 0) < 0 && turns++ === packet.length) throw new Reject();
      } else if (mnemonic in conditions)
        pc += conditions[mnemonic]!(registers.a, value()) ? jt : jf;
      else if (mnemonic === "st") memory.set(k, registers.a);
      else if (mnemonic === "stx") memory.set(k, registers.x);
      else if (mnemonic === "tax") registers.x = registers.a;
      else if (mnemonic === "txa") registers.a = registers.x;
      else if (mnemonic.startsWith("ldx")) registers.x = value();
      else if (mnemonic.startsWith("ld")) registers.a = value();
      else {
        const other = value();
        if (other === 0n && /div|mod/.test(mnemonic)) throw new Reject();
        registers.a = BigInt.asUintN(32, arithmetic[mnemonic]!(registers.a, other));
      }
    }
  } catch (error) {
    if (error instanceof Reject) return 0;
    throw error;
  }
}
