/** How a call that prints is named and matched. */
import { escapeRegex, type FormatDialect, formatRegex } from '../../core/lms/format-regex.ts';
import type { MicroOps } from '../disasm/micro-op.ts';
import type { TextMode } from '../lmgf/text-flow.ts';

/** The call's return address, in lower-case hex; of a jump to a log function its own address. */
export function siteAddress(ops: MicroOps, at: number): string {
  const returns = ops.imm2[at]!;
  return `0x${(returns > 0 ? returns : ops.address[at]!).toString(16)}`;
}

/** A text that is no format is its own constant. */
export function siteRegex(text: string, mode: TextMode, dialect: FormatDialect): string {
  return mode === 'format' ? formatRegex(text, dialect).source : `^${escapeRegex(text)}$`;
}
