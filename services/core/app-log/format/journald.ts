/**
 * A journal entry, in its JSON and its export form (systemd.journal-fields(7), JOURNAL_EXPORT_FORMATS). How the bytes
 * of the export form are split into entries is `journald-splitter.ts`'s business.
 */
import { epochTime } from '../raw-time.ts';
import { decodeUtf8, utf8Length } from '../utf8.ts';
import { syslogLevel } from './level.ts';
import type { LineFormat, ParsedLine } from './line-format.ts';

/** The fields that an entry is made of; an entry's others are skipped. */
export const JOURNAL_FIELDS: ReadonlySet<string> = new Set([
  '__REALTIME_TIMESTAMP',
  '_SOURCE_REALTIME_TIMESTAMP',
  'MESSAGE',
  '_PID',
  'SYSLOG_PID',
  'SYSLOG_IDENTIFIER',
  'PRIORITY',
  'CONTAINER_ID_FULL',
  'CONTAINER_ID',
  'CONTAINER_PARTIAL_MESSAGE',
  '_TRANSPORT',
]);

export const journaldJson: LineFormat = { name: 'journald-json', continuation: 'own', parse: parseJson };
/** Known by its first lines; its entries come from the splitter, so that no single line is one. */
export const journaldExport: LineFormat = {
  name: 'journald-export',
  continuation: 'own',
  parse: () => undefined,
};

export function journalEntry(fields: ReadonlyMap<string, string>): ParsedLine {
  const message = fields.get('MESSAGE') ?? '';
  const time = fields.get('_SOURCE_REALTIME_TIMESTAMP') ?? fields.get('__REALTIME_TIMESTAMP') ?? '';
  const pid = fields.get('_PID') ?? fields.get('SYSLOG_PID') ?? '';
  const priority = fields.get('PRIORITY') ?? '';
  const newline = fields.get('_TRANSPORT') === 'stdout' ? 1 : 0;
  const container = containerOf(fields);
  return {
    message,
    time: epochTime(time),
    // Of a container's lines, `_PID` is the daemon or shim that passed them on.
    pid: container === undefined && /^\d{1,10}$/.test(pid) ? Number(pid) : undefined,
    level: /^[0-7]$/.test(priority) ? syslogLevel(Number(priority)) : undefined,
    container,
    carried: {
      text: message,
      byteLength: utf8Length(message) + newline,
      partial: fields.get('CONTAINER_PARTIAL_MESSAGE') === 'true',
      stream: `${container ?? ''}/${pid}/${priority}`,
    },
    collected: true,
  };
}

function containerOf(fields: ReadonlyMap<string, string>): string | undefined {
  // faasd names a function's lines `<namespace>:<function>`.
  const faasd = /^openfaas(?:-fn)?:(.+)$/.exec(fields.get('SYSLOG_IDENTIFIER') ?? '')?.[1];
  return fields.get('CONTAINER_ID_FULL') ?? fields.get('CONTAINER_ID') ?? faasd;
}

function parseJson(text: string): ParsedLine | undefined {
  if (!text.startsWith('{') || !text.includes('"__REALTIME_TIMESTAMP"')) return undefined;
  let object: Record<string, unknown>;
  try {
    object = JSON.parse(text);
  } catch {
    return undefined;
  }
  const fields = new Map<string, string>();
  for (const name of JOURNAL_FIELDS) {
    const value = object[name];
    const text = journalValue(value);
    if (text !== undefined) fields.set(name, text);
  }
  return journalEntry(fields);
}

/** A string, an array of bytes where the value is binary, or an array of values where the field came repeatedly. */
function journalValue(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  if (value.every((byte) => typeof byte === 'number')) return decodeUtf8(Uint8Array.from(value)).text;
  return journalValue(value[0]);
}
