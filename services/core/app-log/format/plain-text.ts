/** The last resort: any text is a line of it. A leading time and level are read where they are plain to see. */
import { civilTime, isoTimeAt, type RawTime } from '../raw-time.ts';
import type { FormatVariant, LineFormat, ParsedLine } from './line-format.ts';

const LEVEL =
  /^[\s:|-]*[[(<]?(trace|debug|info|notice|warn|warning|error|err|critical|crit|fatal|alert|emerg|panic)[\])>]?(?=[\s:|])[\s:|-]*/i;
const BSD_TIME = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? /;

/** Where most lines begin with a time, one that does not goes on with the entry before, as a stack trace does. */
const timedText: LineFormat = {
  name: 'plain',
  continuation: 'joins',
  parse: (text) => {
    const parsed = parse(text);
    return parsed.time === undefined ? undefined : parsed;
  },
};

const variant: FormatVariant = {
  format: timedText,
  remark: 'most lines begin with a time: one without is taken as part of the entry before it',
  fits(sample) {
    const flush = sample.filter((line) => /^\S/.test(line));
    const timed = flush.filter((line) => parse(line).time !== undefined);
    return timed.length * 2 > flush.length;
  },
};

export const plainText: LineFormat = { name: 'plain', continuation: 'own', parse, variant };

function parse(text: string): ParsedLine {
  const bracket = /^[[(]/.test(text) ? 1 : 0;
  const stamp = isoTimeAt(text, bracket) ?? bsdTime(text);
  if (stamp === undefined) return { message: text, strength: 0.1 };
  const rest = text
    .slice(stamp.end)
    .replace(/^[\])]/, '')
    .replace(/^[:,]? /, '');
  const level = LEVEL.exec(rest);
  return {
    message: level === null ? rest : rest.slice(level[0].length),
    time: stamp.time,
    level: level?.[1]?.toLowerCase(),
    strength: 0.3,
  };
}

function bsdTime(text: string): { readonly time: RawTime; readonly end: number } | undefined {
  const match = BSD_TIME.exec(text);
  if (match === null) return undefined;
  const [matched, month, day, hour, minute, second, fraction] = match;
  const time = civilTime({ month, day, hour, minute, second, fraction });
  return time && { time, end: matched.length };
}
