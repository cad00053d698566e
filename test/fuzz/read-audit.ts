/** Reads a whole audit log at once, for tests and the fuzzer. It must not know what they look for. */
import type { Diagnostic } from '../../services/core/diagnostic.ts';
import {
  type AuditCounts,
  AuditReader,
  type AuditReaderOptions,
} from '../../services/core/event/audit-reader.ts';
import type { SystemEvent } from '../../services/core/event/event.ts';

export interface ReadAudit {
  readonly events: SystemEvent[];
  readonly diagnostics: Diagnostic[];
  readonly counts: AuditCounts;
}

/** `cuts` are the places where the log is cut into chunks, in rising order. */
export function readAudit(
  log: Uint8Array,
  options: Partial<AuditReaderOptions> = {},
  cuts: readonly number[] = [],
): ReadAudit {
  const events: SystemEvent[] = [];
  const diagnostics: Diagnostic[] = [];
  const reader = new AuditReader({
    host: 'host',
    file: 'audit.log',
    ...options,
    emit: (event) => events.push(event),
    diagnose: (diagnostic) => diagnostics.push(diagnostic),
  });
  let from = 0;
  for (const cut of [...cuts, log.length]) {
    // A copy that is spoiled afterwards: the reader may keep nothing of a chunk.
    const chunk = log.slice(from, cut);
    reader.write(chunk);
    chunk.fill(0x58);
    from = cut;
  }
  reader.end();
  return { events, diagnostics, counts: reader.counts };
}

/** The bytes of lines, each with a line end. */
export function bytesOf(...lines: string[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
}
