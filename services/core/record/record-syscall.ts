/** The name of a record's call. It must not know what the call does. */
import { architecture } from '../event/architecture.ts';
import { syscallName } from '../event/syscall-table.ts';
import type { RecordView } from './record-view.ts';

/** `syscall_N` where nobody knows the number. */
export function syscallOfRecord(record: RecordView): string {
  return knownSyscall(record) ?? `syscall_${record.syscall}`;
}

export function knownSyscall(record: RecordView): string | undefined {
  return syscallName(architecture(record.arch), record.syscall);
}
