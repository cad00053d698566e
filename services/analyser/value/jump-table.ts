/**
 * Where a computed jump can go: tables of 4-byte offsets or of addresses that a switch compiles to. It must not know
 * how the table's address was found.
 */
import { type MicroOps, Op } from '../disasm/micro-op.ts';
import type { ImageReader } from '../elf/read-image.ts';
import { Atom, type ValueTable } from './value-table.ts';

const entries_max = 4096;
const look_back_max = 48;

/** Addresses that the jump can go to, as long as they are code of the function; none if it is no table's. */
export function tableTargets(
  reader: ImageReader,
  values: ValueTable,
  target: number,
  bound: number,
  inFunction: (address: number) => boolean,
): number[] {
  const found: number[] = [];
  for (const atom of values.members(target)) {
    const kind = values.kind(atom);
    const table = values.a(atom);
    if (kind === Atom.target) {
      for (let i = 0; i < bound; i++) {
        const entry = reader.readI32(table + i * 4);
        const address = entry === undefined ? undefined : values.b(atom) + entry;
        if (address === undefined || !inFunction(address)) break;
        found.push(address);
      }
    } else if (kind === Atom.element && values.b(atom) === 8) {
      for (let i = 0; i < bound; i++) {
        const address = reader.readU64(table + i * 8);
        if (address === undefined || !inFunction(address)) break;
        found.push(address);
      }
    }
  }
  return found;
}

/** Entries that the check before the jump lets through. */
export function tableBound(ops: MicroOps, jump: number, from: number): number {
  let checked = false;
  for (let at = jump - 1; at >= Math.max(from, jump - look_back_max); at--) {
    if (ops.op[at] === Op.jumpIf) checked = true;
    else if (ops.op[at] === Op.compare && checked) {
      const last = ops.imm[at]!;
      return last > 0 && last < entries_max ? last + 1 : entries_max;
    } else if (ops.op[at] === Op.jump || ops.op[at] === Op.ret) break;
  }
  return entries_max;
}
