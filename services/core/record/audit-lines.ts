/**
 * Lines of kernel audit that stand in records: fed to the audit reader, and remembered until their events are out, so
 * that a reader made from saved state goes on in the middle of an event. It must not know records.
 */
import type { Diagnostic } from '../diagnostic.ts';
import { AuditReader } from '../event/audit-reader.ts';
import type { SystemEvent } from '../event/event.ts';
import { decodeUtf8, encodeUtf8 } from '../event/utf8.ts';
import { StateTable } from '../state-table.ts';

export interface AuditLinesOptions {
  readonly host: string;
  readonly file: string;
  readonly emit: (event: SystemEvent) => void;
  readonly diagnose: (diagnostic: Diagnostic) => void;
}

/** Events are given out when no line came for so long. */
const idle_ns_max = 1_000_000_000n;
/** Serials whose lines are remembered; the audit reader holds no more events. */
const serials_max = 4_096;
const serialOf = /^(?:node=\S+ )?type=\S+ msg=audit\([\d.]+:(\d+)\)/;

export class AuditLines {
  readonly #lines: StateTable<string[]>;
  readonly #reader: AuditReader;
  #newest = 0n;

  constructor(options: AuditLinesOptions, saved: ReadonlyMap<string, string>) {
    this.#lines = new StateTable('audit-line', saved);
    this.#reader = new AuditReader({
      ...options,
      emit: (event) => {
        this.#lines.delete(String(event.serial));
        options.emit(event);
      },
    });
    for (const [, lines] of [...this.#lines.entries()]) {
      for (const line of lines) this.#reader.write(encodeUtf8(`${line}\n`));
    }
  }

  get events(): number {
    return this.#reader.counts.events;
  }

  write(bytes: Uint8Array, time: bigint): void {
    const line = decodeUtf8(bytes, 0, bytes.length);
    const serial = serialOf.exec(line)?.[1];
    if (serial !== undefined && this.#lines.size < serials_max) {
      const lines = this.#lines.get(serial);
      if (lines === undefined) this.#lines.set(serial, [line]);
      else {
        lines.push(line);
        this.#lines.touch(serial);
      }
    }
    this.#newest = time;
    this.#reader.write(bytes);
    this.#reader.write(lineEnd);
  }

  /** Nothing came for a while: what waits for more of its event waits in vain. */
  idle(now: bigint): void {
    if (now - this.#newest >= idle_ns_max) this.#flush();
  }

  end(): void {
    this.#reader.end();
    this.#forget();
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#lines.drainInto(into);
  }

  #flush(): void {
    if (this.#lines.size === 0) return;
    this.#reader.flush();
    this.#forget();
  }

  #forget(): void {
    for (const [serial] of [...this.#lines.entries()]) this.#lines.delete(serial);
  }
}

const lineEnd = Uint8Array.of(10);
