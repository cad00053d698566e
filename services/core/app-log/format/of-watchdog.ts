/**
 * OpenFaaS's watchdogs: lines of the function behind `stdout: ` or `stderr: `, one line for each request, and the
 * watchdog's own. Times are whole seconds of the container's zone.
 */
import { civilTime } from '../raw-time.ts';
import { utf8Length } from '../utf8.ts';
import type { LineFormat, ParsedLine } from './line-format.ts';

const TIME = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d) /;
const FUNCTION = /^(stdout|stderr): /;
const REQUEST = /^([A-Z]{3,10}) (\S+) - (\d{3})(?: [A-Za-z' -]+?)? - ContentLength: \S+/;
const FORWARDED = /^Forwarded \[([A-Z]+)\] to (\S+) - \[(\d{3})\]/;
const OWN =
  /^(?:Wrote \d+ Bytes - Duration|Version: |Started logging|Forking|Listening on port|Writing lock-file|Metrics listening|Forked function|SIGTERM|Read \d+ bytes|Duration: |Timeouts: |Watchdog mode)/;

export const ofWatchdog: LineFormat = { name: 'of-watchdog', continuation: 'own', parse };

function parse(text: string): ParsedLine | undefined {
  const stamp = TIME.exec(text);
  if (stamp === null) return undefined;
  const [, year, month, day, hour, minute, second] = stamp;
  const time = civilTime({ year, month, day, hour, minute, second });
  if (time === undefined) return undefined;
  const message = text.slice(stamp[0].length);
  const output = FUNCTION.exec(message);
  if (output !== null) {
    const inner = message.slice(output[0].length);
    const carried = { text: inner, byteLength: utf8Length(inner) + 1, partial: false, stream: output[1]! };
    return { message: inner, time, carried };
  }
  const request = REQUEST.exec(message) ?? FORWARDED.exec(message);
  if (request === null) return { message, time, strength: OWN.test(message) ? 1 : 0.3 };
  const [, method, path, status] = request;
  return { message, time, request: { client: '', method: method!, path: path!, status: Number(status) } };
}
