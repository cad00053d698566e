/** Syslog as files hold it: RFC 3164 (with rsyslog's ISO time too) and RFC 5424. Both carry another writer's text. */
import { type CivilTime, civilTime, isoTimeAt } from '../raw-time.ts';
import { utf8Length } from '../utf8.ts';
import { syslogLevel } from './level.ts';
import type { LineFormat, ParsedLine } from './line-format.ts';

const PRIORITY = /^<(\d{1,3})>/;
const BSD_TIME = /^([A-Z][a-z]{2}) {1,2}(\d{1,2})(?: (\d{4}))? (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? /;
const TAG = /^([^\s:[\]]{1,256})(?:\[(\d{1,10})\])?: ?/;
const NAME_AND_PID = /^[^\s:[\]]{1,256}\[(\d{1,10})\] /;
/** Docker's syslog driver: the tag is the container's short id, and the pid is the daemon's. */
const SHORT_ID = /^[0-9a-f]{12}$/;
const RFC5424 = /^<(\d{1,3})>1 (\S+) (\S{1,255}) (\S{1,255}) (\S{1,128}) (\S{1,32}) /;

export const syslog3164: LineFormat = { name: 'syslog-3164', continuation: 'own', parse: parse3164 };
export const syslog5424: LineFormat = { name: 'syslog-5424', continuation: 'own', parse: parse5424 };

function parse3164(text: string): ParsedLine | undefined {
  const priority = PRIORITY.exec(text);
  const afterPriority = priority === null ? text : text.slice(priority[0].length);
  const stamp = bsdOrIsoTime(afterPriority);
  if (stamp === undefined) return undefined;
  const rest = afterPriority.slice(stamp.end);
  const host = /^\S+ /.exec(rest);
  const afterHost = host === null ? rest : rest.slice(host[0].length);
  // A local sender's own form has no host name.
  const withHost = TAG.exec(afterHost);
  const tag = withHost ?? (priority === null ? null : TAG.exec(rest));
  if (tag === null) return withoutTag(afterHost, stamp.time, priority);
  const message = (withHost === null ? rest : afterHost).slice(tag[0].length);
  const container = SHORT_ID.test(tag[1]!) ? tag[1] : undefined;
  return {
    message,
    time: stamp.time,
    pid: tag[2] === undefined || container !== undefined ? undefined : Number(tag[2]),
    level: levelOf(priority),
    container,
    carried: carried(message),
    strength: 0.95,
  };
}

/** Senders that keep to no form: the daemon writes what they sent behind time and host. By itself it says little. */
function withoutTag(message: string, time: CivilTime, priority: RegExpExecArray | null): ParsedLine {
  const pid = NAME_AND_PID.exec(message)?.[1];
  return {
    message,
    time,
    pid: pid === undefined ? undefined : Number(pid),
    level: levelOf(priority),
    carried: carried(message),
    strength: 0.2,
  };
}

function levelOf(priority: RegExpExecArray | null): string | undefined {
  return priority === null ? undefined : syslogLevel(Number(priority[1]) & 7);
}

function carried(text: string): NonNullable<ParsedLine['carried']> {
  return { text, byteLength: utf8Length(text), partial: false, stream: '' };
}

function bsdOrIsoTime(text: string): { readonly time: CivilTime; readonly end: number } | undefined {
  const bsd = BSD_TIME.exec(text);
  if (bsd !== null) {
    const [matched, month, day, year, hour, minute, second, fraction] = bsd;
    const time = civilTime({ year, month, day, hour, minute, second, fraction });
    return time && { time, end: matched.length };
  }
  const iso = text[10] === 'T' ? isoTimeAt(text, 0) : undefined;
  return iso !== undefined && iso.time.offset !== undefined && text[iso.end] === ' '
    ? { time: iso.time, end: iso.end + 1 }
    : undefined;
}

function parse5424(text: string): ParsedLine | undefined {
  const header = RFC5424.exec(text);
  if (header === null) return undefined;
  const [matched, priority, timestamp, , , process] = header;
  const stamp = timestamp === '-' ? undefined : isoTimeAt(timestamp!, 0);
  if (timestamp !== '-' && stamp?.end !== timestamp!.length) return undefined;
  const end = structuredDataEnd(text, matched.length);
  if (end === undefined) return undefined;
  // rsyslog's template sets a blank before the message, which has one of its own from the older form.
  const message = text
    .slice(end)
    .replace(/^ {1,2}/, '')
    .replace(/^\ufeff/, '');
  return {
    message,
    time: stamp?.time,
    pid: /^\d{1,10}$/.test(process!) ? Number(process) : undefined,
    level: syslogLevel(Number(priority) & 7),
    carried: carried(message),
  };
}

/** Where `-` or the run of `[id name="value"…]` ends; values escape `"`, `\` and `]`. */
function structuredDataEnd(text: string, from: number): number | undefined {
  if (text[from] === '-') return from + 1;
  let at = from;
  while (text[at] === '[') {
    let quoted = false;
    for (at++; at < text.length && (quoted || text[at] !== ']'); at++) {
      if (quoted && text[at] === '\\') at++;
      else if (text[at] === '"') quoted = !quoted;
    }
    if (at >= text.length) return undefined;
    at++;
  }
  return at === from ? undefined : at;
}
