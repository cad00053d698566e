/** Cuts lines into payloads of records: whole lines where they fit, an entry's lines together where that can be. */

export interface LineGroup {
  /** Payloads of records that continue each other; one, but for a line that is too long. */
  readonly payloads: readonly Buffer[];
  /** In `lines`. */
  readonly offset: number;
}

export const payload_bytes_max = 4_096;
const newline = 10;
/** Blanks begin the rest of what the line before says. */
const blanks = new Set([32, 9]);

export function lineGroups(lines: Buffer): LineGroup[] {
  const groups: LineGroup[] = [];
  for (let from = 0; from < lines.length; ) {
    const until = groupEnd(lines, from);
    groups.push({ payloads: pieces(lines.subarray(from, until)), offset: from });
    from = until;
  }
  return groups;
}

function groupEnd(lines: Buffer, from: number): number {
  if (lines.length - from <= payload_bytes_max) return lines.length;
  let whole = 0;
  let entry = 0;
  for (let at = from; ; ) {
    const end = lines.indexOf(newline, at) + 1;
    if (end === 0 || end - from > payload_bytes_max) break;
    whole = end;
    if (!blanks.has(lines[end]!)) entry = end;
    at = end;
  }
  if (entry > 0 || whole > 0) return entry > 0 ? entry : whole;
  const end = lines.indexOf(newline, from) + 1;
  return end === 0 ? lines.length : end;
}

function pieces(bytes: Buffer): Buffer[] {
  const result: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += payload_bytes_max) {
    result.push(bytes.subarray(at, at + payload_bytes_max));
  }
  return result;
}
