/** Loads and stores of aarch64 as micro-operations. Encodings: Arm ARM, C4.1.94. It must not know other instructions. */
import { type MicroOps, NO_REGISTER, Op } from './micro-op.ts';

const vector_first = 32;
const vector_high = 32;

export function lowerMemory(out: MicroOps, w: number, pc: number): void {
  if ((w & 0x3b000000) === 0x18000000) literal(out, w, pc);
  else if ((w & 0x3a000000) === 0x28000000) pair(out, w, pc);
  else if ((w & 0x3b000000) === 0x39000000) scaled(out, w, pc);
  else if ((w & 0x3b200000) === 0x38000000) unscaled(out, w, pc);
  else if ((w & 0x3b200c00) === 0x38200800) indexed(out, w, pc);
  // Atomic and exclusive ones: the register that they give.
  else if ((w & 0x3b200c00) === 0x38200000) give(out, pc, w & 31);
  else if ((w & 0x3f000000) === 0x08000000) exclusive(out, w, pc);
  else if ((w & 0xff200000) >>> 0 === 0xd9200000) tags(out, w, pc);
  // Vector structures with a new value for their base.
  else if ((w & 0xbe800000) >>> 0 === 0x0c800000) structure(out, w, pc);
}

function exclusive(out: MicroOps, w: number, pc: number): void {
  const loads = ((w >>> 22) & 1) === 1;
  const plain = ((w >>> 23) & 1) === 1;
  const paired = ((w >>> 21) & 1) === 1;
  const status = (w >>> 16) & 31;
  // Of a comparison and exchange the first register, of two of them the next too; of a store whether it was made.
  const exchanges = paired && (plain || w >>> 31 === 0);
  if (exchanges || !(loads || plain)) give(out, pc, status);
  if (exchanges && !plain) give(out, pc, status + 1);
  if (exchanges || !loads) return;
  give(out, pc, w & 31);
  if (paired) give(out, pc, (w >>> 10) & 31);
}

/** Tags of memory: one that loads gives a register, one that moves on a base. */
function tags(out: MicroOps, w: number, pc: number): void {
  const form = (w >>> 10) & 3;
  const loads = ((w >>> 22) & 1) === 1;
  if (form === 0 && loads) give(out, pc, w & 31);
  else if ((form & 1) === 1) give(out, pc, (w >>> 5) & 31);
}

function structure(out: MicroOps, w: number, pc: number): void {
  out.push(Op.clobber, pc, (w >>> 5) & 31);
  if (((w >>> 22) & 1) === 0) return;
  for (let i = 0; i < 4; i++) {
    const register = ((w + i) & 31) + vector_first;
    out.push(Op.clobber, pc, register);
    out.push(Op.clobber, pc, register + vector_high);
  }
}

interface Access {
  readonly loads: boolean;
  readonly vector: boolean;
  readonly bytes: number;
}

function accessOf(w: number): Access | undefined {
  const vector = ((w >>> 26) & 1) === 1;
  const size = w >>> 30;
  const operation = (w >>> 22) & 3;
  if (vector) {
    const wide = size === 0 && operation >= 2;
    return { loads: (operation & 1) === 1, vector, bytes: wide ? 16 : 2 ** size };
  }
  // A prefetch.
  if (size === 3 && operation === 2) return undefined;
  return { loads: operation !== 0, vector, bytes: 2 ** size };
}

function literal(out: MicroOps, w: number, pc: number): void {
  const vector = ((w >>> 26) & 1) === 1;
  const address = pc + (((w >>> 5) << 13) >> 13) * 4;
  const bytes = vector ? 4 * 2 ** (w >>> 30) : w >>> 30 === 1 ? 8 : 4;
  if (w >>> 30 === 3 && !vector) return;
  access(out, pc, { loads: true, vector, bytes }, w & 31, NO_REGISTER, address);
}

function pair(out: MicroOps, w: number, pc: number): void {
  const vector = ((w >>> 26) & 1) === 1;
  const size = w >>> 30;
  const bytes = vector ? 4 * 2 ** size : size === 2 ? 8 : 4;
  const loads = ((w >>> 22) & 1) === 1;
  const mode = (w >>> 23) & 3;
  const offset = ((((w >>> 15) & 0x7f) << 25) >> 25) * bytes;
  const rn = (w >>> 5) & 31;
  if (mode === 3) out.push(Op.add, pc, rn, rn, offset);
  const place = mode === 2 || mode === 0 ? offset : 0;
  const one = { loads, vector, bytes };
  const first = (): void => access(out, pc, one, w & 31, rn, place);
  const second = (): void => access(out, pc, one, (w >>> 10) & 31, rn, place + bytes);
  // The base is read before it is overwritten.
  const order = loads && !vector && (w & 31) === rn ? [second, first] : [first, second];
  for (const each of order) each();
  if (mode === 1) out.push(Op.add, pc, rn, rn, offset);
}

function scaled(out: MicroOps, w: number, pc: number): void {
  const one = accessOf(w);
  if (one !== undefined) access(out, pc, one, w & 31, (w >>> 5) & 31, ((w >>> 10) & 0xfff) * one.bytes);
}

function unscaled(out: MicroOps, w: number, pc: number): void {
  const one = accessOf(w);
  if (one === undefined) return;
  const offset = (((w >>> 12) & 0x1ff) << 23) >> 23;
  const mode = (w >>> 10) & 3;
  const rn = (w >>> 5) & 31;
  if (mode === 3) out.push(Op.add, pc, rn, rn, offset);
  access(out, pc, one, w & 31, rn, mode === 1 || mode === 3 ? 0 : offset);
  if (mode === 1) out.push(Op.add, pc, rn, rn, offset);
}

function indexed(out: MicroOps, w: number, pc: number): void {
  const one = accessOf(w);
  if (one === undefined) return;
  const scale = ((w >>> 12) & 1) === 1 ? one.bytes : 1;
  access(out, pc, one, w & 31, (w >>> 5) & 31, 0, (w >>> 16) & 31, scale);
}

function access(
  out: MicroOps,
  pc: number,
  { loads, vector, bytes }: Access,
  register: number,
  base: number,
  place: number,
  index = NO_REGISTER,
  scale = 1,
): void {
  const width = Math.min(bytes, 8);
  const one = vector ? register + vector_first : register;
  if (loads && !vector && register === 31) return;
  step(out, pc, loads, one, !vector && register === 31, base, place, index, scale, width);
  if (!vector) return;
  const high = one + vector_high;
  if (bytes === 16) step(out, pc, loads, high, false, base, place + 8, index, scale, 8);
  else if (loads) out.push(Op.constant, pc, high);
}

function step(
  out: MicroOps,
  pc: number,
  loads: boolean,
  register: number,
  zero: boolean,
  base: number,
  place: number,
  index: number,
  scale: number,
  width: number,
): void {
  let at: number;
  if (loads) at = out.push(Op.load, pc, register);
  else if (zero) at = out.push(Op.storeConstant, pc);
  else at = out.push(Op.store, pc, NO_REGISTER, register);
  out.memory(at, base, index === 31 ? NO_REGISTER : index, scale, place, width);
}

function give(out: MicroOps, pc: number, register: number): void {
  if (register !== 31) out.push(Op.clobber, pc, register);
}
