/**
 * Times in log lines as numbers and back. A time is taken for one only where printing the number gives the very text,
 * so that nothing of how it was written is lost. It must not know the zone: what stands behind a time is not its own.
 */

export interface FoundTime {
  /** In units of the last printed digit, as if it were UTC; since 2000-01-01 where the form has no year. */
  readonly value: number;
  readonly end: number;
  /** Which form, how many digits of a fraction, and what stands before these. */
  readonly detail: number;
}

interface Form {
  readonly pattern: RegExp;
  /** Whether a fraction may follow at once. */
  readonly fraction: boolean;
  /** Whether it says the day and the year. */
  readonly isWhole: boolean;
  seconds(match: RegExpExecArray): number;
  print(seconds: number, fraction: string): string;
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const dayNames = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const day_s = 86_400;
/** Below it microseconds since 1970 are exact. */
const year_max = 2100;
const fraction_digits_max = 6;

const clock = (s: number): string =>
  `${two(Math.floor((s % day_s) / 3600))}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
const months = monthNames.join('|');
const hms = '(\\d\\d):(\\d\\d):(\\d\\d)';

function form(
  source: string,
  order: string,
  print: (date: Civil, seconds: number, fraction: string) => string,
  fraction = true,
): Form {
  const places = [...order];
  return {
    pattern: new RegExp(source, 'y'),
    fraction,
    isWhole: order.includes('y') && order.includes('d'),
    seconds(match) {
      const read = { y: 2000, m: 1, d: 1, H: 0, M: 0, S: 0, w: 0 };
      for (const [i, place] of places.entries()) {
        const text = match[i + 1]!;
        const month = place === 'm' ? monthNames.indexOf(text) : -1;
        read[place as keyof typeof read] = month >= 0 ? month + 1 : Number(text);
      }
      const year = read.y < 100 ? 2000 + read.y : read.y;
      return daysOf(year, read.m, read.d) * day_s + read.H * 3600 + read.M * 60 + read.S;
    },
    print: (seconds, digits) => print(civil(Math.floor(seconds / day_s)), seconds, digits),
  };
}

/** In order of preference; the order is what `detail` says, and so part of what stores hold. */
const forms: readonly Form[] = [
  form(
    `(\\d\\d)/(${months})/(\\d{4}):${hms}`,
    'dmyHMS',
    (c, s, f) => `${two(c.day)}/${monthNames[c.month - 1]}/${c.year}:${clock(s)}${f}`,
  ),
  form(
    `(\\d{4})-(\\d\\d)-(\\d\\d)T${hms}`,
    'ymdHMS',
    (c, s, f) => `${c.year}-${two(c.month)}-${two(c.day)}T${clock(s)}${f}`,
  ),
  form(
    `(\\d{4})-(\\d\\d)-(\\d\\d) ${hms}`,
    'ymdHMS',
    (c, s, f) => `${c.year}-${two(c.month)}-${two(c.day)} ${clock(s)}${f}`,
  ),
  form(
    `(\\d{4})/(\\d\\d)/(\\d\\d) ${hms}`,
    'ymdHMS',
    (c, s, f) => `${c.year}/${two(c.month)}/${two(c.day)} ${clock(s)}${f}`,
  ),
  form(
    `(\\d\\d)-(${months})-(\\d{4}) ${hms}`,
    'dmyHMS',
    (c, s, f) => `${two(c.day)}-${monthNames[c.month - 1]}-${c.year} ${clock(s)}${f}`,
  ),
  form(
    `(\\d\\d)(\\d\\d)(\\d\\d) ([ \\d]\\d):(\\d\\d):(\\d\\d)`,
    'ymdHMS',
    (c, s, f) => `${two(c.year % 100)}${two(c.month)}${two(c.day)} ${clock(s).replace(/^0/, ' ')}${f}`,
  ),
  form(
    `(${months}) ([ \\d]\\d) ${hms}`,
    'mdHMS',
    (c, s, f) => `${monthNames[c.month - 1]} ${String(c.day).padStart(2)} ${clock(s)}${f}`,
  ),
  form(`(\\d{4})-(\\d\\d)-(\\d\\d)`, 'ymd', (c) => `${c.year}-${two(c.month)}-${two(c.day)}`, false),
  form(hms, 'HMS', (_, s, f) => `${clock(s)}${f}`),
  form(
    `(\\d{4})-(\\d\\d)-(\\d\\d)  (\\d):(\\d\\d):(\\d\\d)`,
    'ymdHMS',
    (c, s, f) => `${c.year}-${two(c.month)}-${two(c.day)} ${clock(s).replace(/^0/, ' ')}${f}`,
  ),
];
/** Its fraction stands before the year, so that it is found as a whole. */
const ctime = new RegExp(
  `(?:${dayNames.join('|')}) (${months}) ([ \\d]\\d) ${hms}(?:([.,])(\\d{1,${fraction_digits_max}}))? (\\d{4})(?!\\w)`,
  'y',
);
const ctimeForm = forms.length;
const fractionAt = new RegExp(`([.,])(\\d{1,${fraction_digits_max}})(?![\\d])`, 'y');
const separators = ['', '.', ','];

/** At a digit or a capital letter that begins a word. */
export function timeAt(text: string, at: number): FoundTime | undefined {
  const isDigit = text.charCodeAt(at) < 58;
  if (!isDigit)
    return text.charCodeAt(at + 3) === 32 ? (ctimeAt(text, at) ?? formAt(text, at, 6)) : undefined;
  const second = text.charCodeAt(at + 2);
  if (second === 58) return formAt(text, at, 8);
  if (second === 47) return formAt(text, at, 0);
  if (second === 45) return formAt(text, at, 4);
  const fourth = text.charCodeAt(at + 4);
  if (fourth === 45)
    return formAt(text, at, 1) ?? formAt(text, at, 2) ?? formAt(text, at, 9) ?? formAt(text, at, 7);
  if (fourth === 47) return formAt(text, at, 3);
  return text.charCodeAt(at + 6) === 32 ? formAt(text, at, 5) : undefined;
}

export function printTime(value: number, detail: number): string {
  const scale = 10 ** digitsOf(detail);
  const seconds = Math.floor(value / scale);
  const digits =
    digitsOf(detail) === 0 ? '' : String(value - seconds * scale).padStart(digitsOf(detail), '0');
  const fraction = separators[detail & 3]! + digits;
  const at = detail >> 5;
  if (at !== ctimeForm) return forms[at]!.print(seconds, fraction);
  const date = civil(Math.floor(seconds / day_s));
  const day = dayNames[((Math.floor(seconds / day_s) % 7) + 7) % 7];
  return `${day} ${monthNames[date.month - 1]} ${String(date.day).padStart(2)} ${clock(seconds)}${fraction} ${date.year}`;
}

/** A number of this form in ns since the epoch, as if it were UTC. */
export function timeNanos(value: number, detail: number): bigint {
  return BigInt(value) * 10n ** BigInt(9 - digitsOf(detail));
}

/** Whether a time of this form says its day and year. */
export function isWholeTime(detail: number): boolean {
  return detail >> 5 === ctimeForm || forms[detail >> 5]!.isWhole;
}

function formAt(text: string, at: number, index: number): FoundTime | undefined {
  const { pattern, fraction, seconds, print } = forms[index]!;
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  fractionAt.lastIndex = pattern.lastIndex;
  const more = fraction ? fractionAt.exec(text) : null;
  const end = more === null ? pattern.lastIndex : fractionAt.lastIndex;
  if (isWordAt(text, end) && !/[TZ]/.test(text[end]!)) return undefined;
  const whole = seconds(match);
  if (!isInRange(whole) || print(whole, '') !== match[0]) return undefined;
  return found(whole, end, index, more?.[1], more?.[2]);
}

function ctimeAt(text: string, at: number): FoundTime | undefined {
  ctime.lastIndex = at;
  const match = ctime.exec(text);
  if (match === null) return undefined;
  const [all, month, day, hour, minute, second, separator, digits, year] = match;
  const days = daysOf(Number(year), monthNames.indexOf(month!) + 1, Number(day));
  const seconds = days * day_s + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  if (!isInRange(seconds)) return undefined;
  const time = found(seconds, ctime.lastIndex, ctimeForm, separator, digits);
  return printTime(time.value, time.detail) === all ? time : undefined;
}

function found(seconds: number, end: number, index: number, separator = '', digits = ''): FoundTime {
  const value = seconds * 10 ** digits.length + Number(digits);
  return { value, end, detail: (index << 5) | (digits.length << 2) | separators.indexOf(separator) };
}

function isInRange(seconds: number): boolean {
  return seconds >= 0 && seconds < daysOf(year_max, 1, 1) * day_s;
}

function digitsOf(detail: number): number {
  return (detail >> 2) & 7;
}

function isWordAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code >= 48 && code < 58) || (code >= 65 && code < 91) || (code >= 97 && code < 123);
}

interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

let lastDays = Number.NaN;
let lastCivil: Civil = { year: 1970, month: 1, day: 1 };

/** Lines of a log mostly have the day of the line before. */
function civil(days: number): Civil {
  if (days === lastDays) return lastCivil;
  const date = new Date(days * day_s * 1000);
  lastDays = days;
  lastCivil = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  return lastCivil;
}

function daysOf(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / (day_s * 1000);
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}
