/** php-fpm's error log, and PHP's own error_log, which shares its bracketed time. */
import { civilTime } from '../raw-time.ts';
import type { LineFormat, ParsedLine } from './line-format.ts';

const TIME =
  /^\[(\d{1,2})-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ([A-Za-z][\w/+-]*))?\] /;
const FPM_LEVEL = /^(DEBUG|NOTICE|WARNING|ERROR|ALERT): /;
const PHP_LEVEL = /^PHP ([A-Z][A-Za-z ]{2,30}): {1,2}/;

export const phpFpmError: LineFormat = { name: 'php-fpm-error', continuation: 'joins', parse };

function parse(text: string): ParsedLine | undefined {
  const stamp = TIME.exec(text);
  if (stamp === null) return undefined;
  const [, day, month, year, hour, minute, second, fraction, zone] = stamp;
  const time = civilTime({ year, month, day, hour, minute, second, fraction, zone });
  if (time === undefined) return undefined;
  const rest = text.slice(stamp[0].length);
  const php = PHP_LEVEL.exec(rest);
  if (php !== null) return { message: rest.slice(php[0].length), time, level: php[1]!.toLowerCase() };
  const fpm = FPM_LEVEL.exec(rest);
  if (fpm === null) return { message: rest, time, strength: 0.7 };
  return { ...fpmMessage(rest.slice(fpm[0].length)), time, level: fpm[1]!.toLowerCase() };
}

/** With log_level=debug the master names itself and its line of code; a child that is quoted is the writer. */
function fpmMessage(text: string): { readonly message: string; readonly pid: number | undefined } {
  const debug = /^pid (\d+), \w+\(\), line \d+: /.exec(text);
  const message = (debug === null ? text : text.slice(debug[0].length)).replace(/^\[pool [^\]]*\] /, '');
  const child = /^child (\d+) said into std(?:err|out): /.exec(message);
  const pid = child?.[1] ?? debug?.[1];
  return { message, pid: pid === undefined ? undefined : Number(pid) };
}
