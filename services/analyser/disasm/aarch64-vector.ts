/**
 * Vector and floating-point instructions of aarch64: pairs of pointers go through them, the rest makes its register
 * unknown. Encodings: Arm ARM, C4.1.96. It must not know other instructions.
 */
import { type MicroOps, Op } from './micro-op.ts';

const vector_first = 32;
const vector_high = 32;

export function lowerVector(out: MicroOps, w: number, pc: number): void {
  const rd = w & 31;
  const rn = (w >>> 5) & 31;
  const low = rd + vector_first;
  const high = low + vector_high;
  const from = rn + vector_first;
  const general = (to: number): number =>
    rn === 31 ? out.push(Op.constant, pc, to) : out.push(Op.copy, pc, to, rn);
  switch ((w & 0xfffffc00) >>> 0) {
    // fmov d, x
    case 0x9e670000:
      general(low);
      out.push(Op.constant, pc, high);
      return;
    // fmov x, d and umov x, v.d[0]
    case 0x9e660000:
    case 0x4e083c00:
      if (rd !== 31) out.push(Op.copy, pc, rd, from);
      return;
    // umov x, v.d[1]
    case 0x4e183c00:
      if (rd !== 31) out.push(Op.copy, pc, rd, from + vector_high);
      return;
    // ins v.d[1], x; ins v.d[0], x
    case 0x4e181c00:
      general(high);
      return;
    case 0x4e081c00:
      general(low);
      return;
    // dup v.2d, x
    case 0x4e080c00:
      general(low);
      general(high);
      return;
    // ins v.d[1], v.d[0]
    case 0x6e180400:
      out.push(Op.copy, pc, high, from);
      return;
  }
  if (moves(w)) {
    out.push(Op.copy, pc, low, from);
    out.push(Op.copy, pc, high, from + vector_high);
  } else if (writesGeneral(w)) {
    if (rd !== 31) out.push(Op.clobber, pc, rd);
  } else if (isZero(w)) {
    out.push(Op.constant, pc, low);
    out.push(Op.constant, pc, high);
  } else {
    out.push(Op.clobber, pc, low);
    out.push(Op.clobber, pc, high);
  }
}

/** orr v, v, the same v */
function moves(w: number): boolean {
  return (w & 0xffe0fc00) >>> 0 === 0x4ea01c00 && ((w >>> 5) & 31) === ((w >>> 16) & 31);
}

/** movi v.2d, #0 and its like */
function isZero(w: number): boolean {
  return (w & 0xfff8fc00) >>> 0 === 0x4f000400 || (w & 0xfffffce0) >>> 0 === 0x6f00e400;
}

/** Conversions to integers, and moves of an element to a general register. */
function writesGeneral(w: number): boolean {
  if ((w & 0x5f20fc00) === 0x1e200000) {
    const operation = (w >>> 16) & 7;
    return operation !== 2 && operation !== 3 && operation !== 7;
  }
  // To fixed point.
  if ((w & 0x5f3e0000) === 0x1e180000) return true;
  return (w & 0xbfe0fc00) === 0x0e003c00 || (w & 0xbfe0fc00) === 0x0e002c00;
}
