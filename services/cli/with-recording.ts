/** A recording as a store for the length of one question: imported into a folder that is gone afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphReader } from '../core/graph-store.ts';
import { openStore } from '../store/open-store.ts';
import { importFiles } from '../worker/import-files.ts';
import { InputError } from '../worker/input-stream.ts';
import { DiagnosticPrinter } from './diagnostic-printer.ts';
import { refuseWithoutRecords } from './input-check.ts';
import { ProgressLine } from './progress.ts';
import { plural } from './render/quantity.ts';
import { safeText } from './render/safe-text.ts';
import type { Terminal } from './terminal.ts';

/** Rejects with InputError or StoreError, or with what `work` rejects with. */
export async function withRecording<T>(
  path: string,
  terminal: Terminal,
  work: (reader: GraphReader) => Promise<T>,
): Promise<T> {
  const file = { name: path === '-' ? 'standard input' : path, path };
  await refuseWithoutRecords(file);
  const folder = await mkdtemp(join(tmpdir(), 'disprotrack-recording-'));
  try {
    const store = await openStore(join(folder, 'store'), { mode: 'write' });
    try {
      const progress = new ProgressLine(terminal);
      const printer = new DiagnosticPrinter(terminal);
      let records = 0;
      let isRefused = false;
      const isWhole = await importFiles({
        store,
        host: hostname(),
        audit: [],
        logs: [],
        identity: [],
        recordings: [file],
        profiles: [],
        onProgress: (p) => {
          records = p.records;
          progress.show(p);
        },
        onDiagnostic: (d) => {
          isRefused ||= d.severity === 'error';
          if (d.severity !== 'note') printer.show(d, () => progress.clear());
        },
      }).then(
        () => true,
        (error: unknown) => {
          // All that came before the damage is in the store.
          if (error instanceof InputError && error.code === 'damaged') return false;
          throw error;
        },
      );
      progress.clear();
      printer.end();
      if (records === 0 && isRefused) {
        throw new InputError('format', `nothing in ${file.name} could be read`, {
          hint: 'the remarks above say what stood there',
        });
      }
      if (!isWhole && records === 0) {
        throw new InputError('damaged', `${file.name} is cut short or damaged before its first record`);
      }
      if (!isWhole) {
        terminal.note(
          `disprotrack: ${safeText(file.name)} is cut short or damaged; the answer is from the ${plural(records, 'record')} before that\n`,
        );
      }
      if (isWhole && records === 0) {
        terminal.note(`disprotrack: ${safeText(file.name)} holds no record: nothing was recorded\n`);
      }
      return await work(store);
    } finally {
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
