/** Every format that the reader knows, the more telling first: where two score alike, the first wins. */
import { apacheError } from './apache-error.ts';
import { cri, dockerJson } from './container-logs.ts';
import { httpAccess } from './http-access.ts';
import { journaldExport, journaldJson } from './journald.ts';
import { jsonLines } from './json-lines.ts';
import { klog } from './klog.ts';
import type { FormatName, LineFormat } from './line-format.ts';
import { logfmt } from './logfmt.ts';
import { mysqlError } from './mysql-error.ts';
import { mysqlGeneral } from './mysql-general.ts';
import { nginxError } from './nginx-error.ts';
import { ofWatchdog } from './of-watchdog.ts';
import { phpFpmAccess } from './php-fpm-access.ts';
import { phpFpmError } from './php-fpm-error.ts';
import { plainText } from './plain-text.ts';
import { pythonLogging } from './python-logging.ts';
import { syslog3164, syslog5424 } from './syslog.ts';

export const FORMATS: readonly LineFormat[] = [
  journaldExport,
  dockerJson,
  journaldJson,
  cri,
  syslog5424,
  httpAccess,
  phpFpmAccess,
  apacheError,
  nginxError,
  phpFpmError,
  klog,
  jsonLines,
  logfmt,
  mysqlGeneral,
  mysqlError,
  syslog3164,
  pythonLogging,
  ofWatchdog,
  plainText,
];

export function formatNamed(name: FormatName): LineFormat {
  const format = FORMATS.find((candidate) => candidate.name === name);
  if (format === undefined) throw new RangeError(`no log format is named ${name}`);
  return format;
}
