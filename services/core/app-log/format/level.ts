/** Names for the levels that logs give as numbers or letters. */

const SYSLOG = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
const BUNYAN: ReadonlyMap<number, string> = new Map([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
]);
const GLOG: ReadonlyMap<string, string> = new Map([
  ['I', 'info'],
  ['W', 'warning'],
  ['E', 'error'],
  ['F', 'fatal'],
]);

/** Severity 0 to 7 of RFC 5424. */
export function syslogLevel(severity: number): string | undefined {
  return SYSLOG[severity];
}

/** bunyan's and pino's numbers; any other number as digits. */
export function bunyanLevel(level: number): string {
  return BUNYAN.get(level) ?? String(level);
}

export function glogLevel(letter: string): string | undefined {
  return GLOG.get(letter);
}
