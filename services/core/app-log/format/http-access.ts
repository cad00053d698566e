/**
 * Access logs of Apache and nginx: common and combined, with virtual host or pid before the client, and fields after
 * the user agent. It must not guess a pid from a number that can be a duration: a sample of the file decides.
 */
import type { RequestFields } from '../app-entry.ts';
import { civilTime } from '../raw-time.ts';
import type { FormatVariant, LineFormat, ParsedLine } from './line-format.ts';

const LINE =
  /^([^\s"[][^"[]{0,4000}) \[(\d\d)\/([A-Z][a-z][a-z])\/(\d{4})[: ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?: ([+-]\d{4}))?\] "([^"\\]*(?:\\.[^"\\]*)*)" (\d{3}) (\d+|-)(.*)$/s;
/** Linux refuses a greater pid_max. */
const PID_MAX = 4_194_304;

const variant: FormatVariant = {
  format: accessFormat(false),
  remark: 'the number at the end of access lines is not taken as a pid: its values do not behave like pids',
  fits: hasScatteredNumbers,
};

export const httpAccess: LineFormat = { ...accessFormat(true), variant };

function accessFormat(trailingIsPid: boolean): LineFormat {
  return { name: 'http-access', continuation: 'own', parse: (text) => parse(text, trailingIsPid) };
}

function parse(text: string, trailingIsPid: boolean): ParsedLine | undefined {
  const match = LINE.exec(text);
  if (match === null) return undefined;
  const [, head, day, month, year, hour, minute, second, fraction, zone, request, status, size, tail] = match;
  const who = splitHead(head!);
  const time = civilTime({ year, month, day, hour, minute, second, fraction, zone });
  if (who === undefined || time === undefined) return undefined;
  const named = /(?:^| )pid[=:](\d{1,7})(?= |$)/.exec(tail!);
  const bare = trailingNumber(tail!);
  const trailing = named === null && trailingIsPid && bare !== undefined ? bare : undefined;
  const rest = trailing === undefined ? tail! : tail!.slice(0, -` ${trailing}`.length);
  const pid = who.pid ?? (named === null ? trailing : named[1]);
  return {
    message: `${who.text} "${request}" ${status} ${size}${rest}`,
    time,
    pid: pid === undefined ? undefined : Number(pid),
    request: requestFields(who.client, request!, Number(status)),
  };
}

/** `[pid] [vhost:port] client ident user`, the first two in either order. */
function splitHead(
  head: string,
): { readonly client: string; readonly pid: string | undefined; readonly text: string } | undefined {
  const words = head.split(' ');
  if (words.length < 3) return undefined;
  let pid: string | undefined;
  const extra = words.length - 3;
  let at = 0;
  for (; at < Math.min(extra, 2); at++) {
    const word = words[at]!;
    if (pid === undefined && /^\d{1,7}$/.test(word)) pid = word;
    // A user name may hold spaces: then the client is known by the `-` of ident after it.
    else if (words[at + 1] === '-') break;
  }
  const text = pid === undefined ? head : words.filter((word, index) => index >= 2 || word !== pid).join(' ');
  return { client: words[at]!, pid, text };
}

function requestFields(client: string, request: string, status: number): RequestFields {
  const match = /^([A-Za-z-]{2,32}) (\S+)(?: HTTP\/[\d.]+)?$/.exec(request);
  if (match === null) return { client, method: '', path: request, status };
  return { client, method: match[1]!, path: match[2]!, status };
}

function trailingNumber(tail: string): string | undefined {
  const end = / (\d{1,7})$/.exec(tail);
  if (end === null) return undefined;
  const bare = outsideQuotes(tail).match(/(?<= |^)\d+(?= |$)/g);
  return bare?.length === 1 ? end[1] : undefined;
}

/** By hand, since a regex would try an unclosed string anew from each of its escaped quotes. */
function outsideQuotes(text: string): string {
  let outside = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (quoted && char === '\\') at++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted) outside += char;
  }
  return outside;
}

function hasScatteredNumbers(sample: readonly string[]): boolean {
  const numbers: number[] = [];
  for (const text of sample) {
    const match = LINE.exec(text);
    const number = match === null ? undefined : trailingNumber(match[13]!);
    if (number !== undefined) numbers.push(Number(number));
  }
  const [least, greatest] = [Math.min(...numbers), Math.max(...numbers)];
  const impossible = numbers.length > 0 && (least < 2 || greatest > PID_MAX);
  // A server's workers are numbered close together and serve many requests each; durations scatter.
  const scattered = greatest > 2 * least && greatest - least > 64;
  const allDifferent = numbers.length >= 4 && new Set(numbers).size > numbers.length * 0.8;
  return impossible || (scattered && allDifferent);
}
