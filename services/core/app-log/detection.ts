/**
 * Finds a file's format from its first lines: every format is scored by the share of lines that it parses, weighed
 * by how much such a match says. It must not look at the file's name: people copy and rename logs.
 */

import type { FormatName, LineFormat } from './format/line-format.ts';
import { FORMATS } from './format/registry.ts';

export interface FormatScore {
  readonly format: FormatName;
  /** 0 to 1. */
  readonly score: number;
}

/** A line that looks like the rest of what was logged before it: indented, or of a stack trace. */
const CONTINUATION =
  /^(?:\s|Traceback |Caused by|Stack trace:|#\d+ |goroutine |\.\.\. |[\w.$]+(?:Error|Exception)\b|During handling|\))/;
const JOURNAL_FIELD = /^[A-Z_][A-Z0-9_]{0,63}=/;

/** Best first; `sample` is lines without stamp and terminal colours. */
export function scoreFormats(sample: readonly string[]): readonly FormatScore[] {
  const lines = sample.filter((line) => line.trim() !== '');
  const scores = FORMATS.map((format) => ({
    format: format.name,
    score: format.name === 'journald-export' ? scoreExport(lines) : scoreLines(format, lines),
  }));
  // The sort is stable, so that the registry's order decides between equals; of nothing at all, plain text.
  if (lines.length === 0) scores.reverse();
  return scores.sort((a, b) => b.score - a.score);
}

function scoreLines(format: LineFormat, lines: readonly string[]): number {
  let sum = 0;
  let counted = 0;
  let any = false;
  for (const line of lines) {
    const parsed = format.parse(line);
    if (parsed !== undefined) {
      any = true;
      sum += parsed.strength ?? 1;
      counted++;
    } else if (!(any && format.continuation === 'joins' && CONTINUATION.test(line))) counted++;
  }
  return counted === 0 ? 0 : sum / counted;
}

/** An export begins with its address fields; what follows may be binary, so that no share of lines is asked for. */
function scoreExport(lines: readonly string[]): number {
  const head = lines.slice(0, 8);
  const fields = head.filter((line) => JOURNAL_FIELD.test(line)).length;
  const timed = lines.some((line) => line.startsWith('__REALTIME_TIMESTAMP='));
  return timed && fields > 0 ? fields / head.length : 0;
}
