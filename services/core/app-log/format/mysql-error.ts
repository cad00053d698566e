/**
 * The error log of MariaDB (10 and later, and the 5.x form) and of MySQL 5.7 and 8. The number after the time is a
 * thread of the server, no pid; the pid stands once, in the line of the start.
 */
import { type CivilTime, civilTime, isoTimeAt } from '../raw-time.ts';
import type { LineFormat, ParsedLine } from './line-format.ts';

const OLD_TIME = /^(\d\d)(\d\d)(\d\d) {1,2}(\d{1,2}):(\d\d):(\d\d) /;
const THREAD = /^(?:0x)?[0-9a-f]+ /;
const LEVEL = /^\[(System|Note|Warning|Warn|ERROR|Error|Info)\] /;
/** MySQL 8: error code and subsystem. */
const CODE = /^\[MY-\d+\] \[\w+\] /;
const START = / as process (\d+)/;

export const mysqlError: LineFormat = { name: 'mysql-error', continuation: 'joins', parse };

function parse(text: string): ParsedLine | undefined {
  const stamp = leadingTime(text);
  if (stamp === undefined) return undefined;
  const afterTime = text.slice(stamp.end);
  const thread = THREAD.exec(afterTime);
  const afterThread = thread === null ? afterTime : afterTime.slice(thread[0].length);
  const level = LEVEL.exec(afterThread);
  if (level === null) return withoutLevel(stamp.time, thread, afterThread);
  const message = afterThread.slice(level[0].length).replace(CODE, '');
  const pid = START.exec(message)?.[1];
  return {
    message,
    time: stamp.time,
    level: level[1]!.toLowerCase(),
    ...(pid === undefined ? {} : { pid: Number(pid), pidHolds: true }),
  };
}

/** `mysqld_safe Starting …` in the shell wrapper's form, and InnoDB's lines of its own, which have a thread. */
function withoutLevel(
  time: CivilTime,
  thread: RegExpExecArray | null,
  message: string,
): ParsedLine | undefined {
  if (/^(?:mysqld|mariadbd)(?:_safe)?\b/.test(message)) {
    return { message: message.replace(/^\S+ /, ''), time };
  }
  return thread !== null && message.startsWith('InnoDB: ') ? { message, time } : undefined;
}

function leadingTime(text: string): { readonly time: CivilTime; readonly end: number } | undefined {
  const iso = isoTimeAt(text, 0);
  if (iso !== undefined) return text[iso.end] === ' ' ? { time: iso.time, end: iso.end + 1 } : undefined;
  const old = OLD_TIME.exec(text);
  if (old === null) return undefined;
  const [matched, year, month, day, hour, minute, second] = old;
  const time = civilTime({ year, month, day, hour, minute, second });
  return time && { time, end: matched.length };
}
