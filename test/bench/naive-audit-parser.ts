/**
 * The audit parser that one writes first: lines by split, fields by a regular expression, events in a map until the
 * end. Here only to be compared with.
 */

interface NaiveEvent {
  readonly records: Record<string, string>[];
}

const headPattern = /^type=(\S+) msg=audit\((\d+)\.(\d+):(\d+)\): ?(.*)$/;
const fieldPattern = /(\w+)=("[^"]*"|'[^']*'|\S+)/g;

/** Events of a whole log, by time and serial. */
export function parseNaively(log: string): Map<string, NaiveEvent> {
  const events = new Map<string, NaiveEvent>();
  for (const line of log.split('\n')) {
    const head = headPattern.exec(line);
    if (head === null) continue;
    const [, type, seconds, millis, serial, body] = head;
    const record: Record<string, string> = { type: type! };
    for (const [, key, value] of body!.matchAll(fieldPattern)) record[key!] = decode(key!, value!);
    const id = `${seconds}.${millis}:${serial}`;
    const event = events.get(id);
    if (event === undefined) events.set(id, { records: [record] });
    else event.records.push(record);
  }
  return events;
}

const strings = new Set(['name', 'cwd', 'comm', 'exe', 'proctitle']);

function decode(key: string, value: string): string {
  if (value.startsWith('"')) return value.slice(1, -1);
  if (!strings.has(key) || !/^(?:[0-9A-F]{2})+$/.test(value)) return value;
  return Buffer.from(value, 'hex').toString();
}
