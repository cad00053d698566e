/** How a record with log bytes becomes entries: which log it is, and whether its bytes are lines or a datagram. */
import type { AppEntry } from '../app-log/app-entry.ts';
import type { CallStack } from '../app-log/call-stack.ts';
import { FORMATS } from '../app-log/format/registry.ts';
import { journalExport, type LogLines } from './log-lines.ts';
import { recordFlag } from './record-kind.ts';
import type { RecordView } from './record-view.ts';

/** A write that the kernel saw. */
export function writtenEntries(
  lines: LogLines,
  host: string,
  record: RecordView,
  payload: Uint8Array,
  time: bigint,
  stack: CallStack | undefined,
): AppEntry[] {
  if (payload.length === 0) return [];
  const { inode, device } = record.object('object');
  const stamp = stack === undefined ? { pid: record.tgid, time } : { pid: record.tgid, time, stack };
  const isSocket = (record.flags & recordFlag.logSocket) !== 0;
  const name = logName(record, isSocket);
  const key = isSocket ? name : `${device}/${inode}/${record.cgroupV2}`;
  const log = { host, log: key, name, container: undefined, stamp, notAfter: time, bytes: payload };
  if (!isSocket) return lines.written(log);
  const isJournal = name.includes('/journal/socket');
  if (!isJournal) return lines.entries(log);
  return lines.entries({ ...log, bytes: journalExport(payload, time), original: payload });
}

/** Whole lines that the agent read from a file: of container `path2` and in format `exe`, where it was told them. */
export function tailedEntries(
  lines: LogLines,
  host: string,
  record: RecordView,
  payload: Uint8Array,
  time: bigint,
): AppEntry[] {
  const named = record.text('exe');
  return lines.entries({
    host,
    log: record.text('path'),
    name: record.text('path'),
    container: record.text('path2') || undefined,
    format: FORMATS.find(({ name }) => name === named)?.name,
    bytes: payload,
    stamp: undefined,
    notAfter: time,
  });
}

function logName(record: RecordView, isSocket: boolean): string {
  const path = record.text(isSocket ? 'path2' : 'path') || record.text('path');
  if (path.startsWith('/') || path.startsWith('@')) return path;
  const descriptor = record.args[0];
  return `${record.comm} ${descriptor === 2 ? 'stderr' : descriptor === 1 ? 'stdout' : `descriptor ${descriptor}`}`;
}
