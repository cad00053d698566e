/** klog and glog: `I1124 20:28:41.123456    1234 file.go:123] message`; newer glog has the year too. */
import { civilTime } from '../raw-time.ts';
import { glogLevel } from './level.ts';
import type { LineFormat, ParsedLine } from './line-format.ts';

/** What begins a file of its own. */
const HEADER =
  /^(?:Log file created at: |Running on machine: |Binary: Built with |(?:Running duration|Previous log): |Log line format: \[IWEF\])/;
const LINE = /^([IWEF])(\d{4})?(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6}) +(\d+) [^\s\]]+:\d+\] ?(.*)$/s;

export const klog: LineFormat = { name: 'klog', continuation: 'joins', parse };

function parse(text: string): ParsedLine | undefined {
  if (HEADER.test(text)) return { message: text };
  const match = LINE.exec(text);
  if (match === null) return undefined;
  const [, letter, year, month, day, hour, minute, second, fraction, pid, message] = match;
  const time = civilTime({ year, month, day, hour, minute, second, fraction });
  return time && { message: message!, time, pid: Number(pid), level: glogLevel(letter!) };
}
