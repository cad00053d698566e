/**
 * Where a computed jump can go: tables of 4-byte offsets or of addresses that a switch compiles to. It must not know
 * how the table's address was found.
 */
import { type MicroOps, NO_REGISTER, Op } from '../disasm/micro-op.ts';
import type { ImageReader } from '../elf/read-image.ts';
import { Atom, type ValueTable } from './value-table.ts';

const entries_max = 4096;
const look_back_max = 48;

/** How the entries of a table become addresses. */
export interface TargetForm {
  /** What they are relative to. */
  readonly base: number;
  /** 1, 2 or 4 */
  readonly bytes: number;
  /** 1 or 4 */
  readonly scale: number;
  readonly signed: boolean;
}

/** As one number: addresses leave room below 2^53. */
export function packTarget({ base, bytes, scale, signed }: TargetForm): number {
  return ((base * 8 + bytes) * 8 + scale) * 2 + (signed ? 1 : 0);
}

function unpackTarget(packed: number): TargetForm {
  const signed = packed % 2 === 1;
  const rest = Math.floor(packed / 2);
  const base = Math.floor(rest / 64);
  return { base, bytes: Math.floor(rest / 8) % 8, scale: rest % 8, signed };
}

function readEntry(reader: ImageReader, at: number, { bytes, signed }: TargetForm): number | undefined {
  if (bytes === 4) return reader.readI32(at);
  const low = reader.readU8(at);
  if (bytes === 1) return low === undefined || !signed ? low : (low << 24) >> 24;
  const high = reader.readU8(at + 1);
  if (low === undefined || high === undefined) return undefined;
  const value = low | (high << 8);
  return signed ? (value << 16) >> 16 : value;
}

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
      const form = unpackTarget(values.b(atom));
      for (let i = 0; i < bound; i++) {
        const entry = readEntry(reader, table + i * form.bytes, form);
        const address = entry === undefined ? undefined : form.base + entry * form.scale;
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
    else if (ops.op[at] === Op.compare && ops.a[at] !== NO_REGISTER && checked) {
      const last = ops.imm[at]!;
      return last > 0 && last < entries_max ? last + 1 : entries_max;
    } else if (ops.op[at] === Op.jump || ops.op[at] === Op.ret) break;
  }
  return entries_max;
}
