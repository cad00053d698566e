/** Lines as runs hold them: in order, and none twice. It must not know where runs are kept. */
import { compareLines, type LogLine } from '../../core/line/log-line.ts';

export function inOrder(lines: readonly LogLine[]): LogLine[] {
  const sorted = lines.toSorted(compareLines);
  return sorted.filter((line, at) => at === 0 || compareLines(sorted[at - 1]!, line) !== 0);
}
