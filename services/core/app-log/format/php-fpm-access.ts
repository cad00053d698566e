/** php-fpm's access log in its default format, `%R - %u %t "%m %r" %s`, with any fields that follow. */
import { civilTime } from '../raw-time.ts';
import type { LineFormat, ParsedLine } from './line-format.ts';

const LINE =
  /^(\S+) - (\S*) (\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4}) "([A-Z-]*) ([^"]*)" (\d{3})((?: .*)?)$/s;

export const phpFpmAccess: LineFormat = { name: 'php-fpm-access', continuation: 'own', parse };

function parse(text: string): ParsedLine | undefined {
  const match = LINE.exec(text);
  if (match === null) return undefined;
  const [, client, user, day, month, year, hour, minute, second, zone, method, path, status, tail] = match;
  const time = civilTime({ year, month, day, hour, minute, second, zone });
  if (time === undefined) return undefined;
  const pid = /(?:^| )pid[=:](\d{1,7})(?= |$)/.exec(tail!)?.[1];
  return {
    message: `${client} - ${user} "${method} ${path}" ${status}${tail}`,
    time,
    pid: pid === undefined ? undefined : Number(pid),
    request: { client: client!, method: method!, path: path!, status: Number(status) },
  };
}
