/** Apache's error log, 2.2 and 2.4 (default ErrorLogFormat). The message is what the module's format string printed. */
import { civilTime } from '../raw-time.ts';
import type { LineFormat, ParsedLine } from './line-format.ts';

const TIME =
  /^\[(?:[A-Z][a-z]{2} )([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? (\d{4})\] /;
const LEVEL = /^\[(?:([\w.-]*):)?([a-z]+\d?)\] /;
const PID = /^\[pid (\d+)(?::tid \d+)?\] /;
/** What the server puts before a message of its own accord, in the order of ErrorLogFormat's default. */
const PREFIXES = [
  /^[\w.+-]+\.(?:c|cc|cpp|h)\(\d+\): /,
  /^\((?:OS )?\d+\)[^:]{0,200}: /,
  /^\[(?:client|remote) [^\]]*\] /,
];

export const apacheError: LineFormat = { name: 'apache-error', continuation: 'own', parse };

function parse(text: string): ParsedLine | undefined {
  const stamp = TIME.exec(text);
  if (stamp === null) return undefined;
  const [, month, day, hour, minute, second, fraction, year] = stamp;
  const time = civilTime({ year, month, day, hour, minute, second, fraction });
  if (time === undefined) return undefined;
  let rest = text.slice(stamp[0].length);
  const level = LEVEL.exec(rest);
  if (level === null) return undefined;
  rest = rest.slice(level[0].length);
  const pid = PID.exec(rest);
  if (pid !== null) rest = rest.slice(pid[0].length);
  for (const prefix of PREFIXES) rest = rest.replace(prefix, '');
  return {
    message: rest.replace(/, referer: \S*$/, ''),
    time,
    pid: pid === null ? undefined : Number(pid[1]),
    level: level[2],
  };
}
