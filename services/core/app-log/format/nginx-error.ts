/** nginx's error log. The message ends where the request's context begins: `, client: …, server: …`. */
import { civilTime } from '../raw-time.ts';
import type { LineFormat, ParsedLine } from './line-format.ts';

const LINE =
  /^(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d) \[(debug|info|notice|warn|error|crit|alert|emerg)\] (\d+)#\d+: (?:\*\d+ )?(.*)$/s;

export const nginxError: LineFormat = { name: 'nginx-error', continuation: 'own', parse };

function parse(text: string): ParsedLine | undefined {
  const match = LINE.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, level, pid, rest] = match;
  const time = civilTime({ year, month, day, hour, minute, second });
  if (time === undefined) return undefined;
  const context = rest!.lastIndexOf(', client: ');
  return { message: context < 0 ? rest! : rest!.slice(0, context), time, pid: Number(pid), level };
}
