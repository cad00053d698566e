/**
 * One writer at a time. The lock is SQLite's on a tiny file of its own, because that is a lock of the kernel:
 * it goes when the process goes, however that happens, and it holds between containers that share the folder,
 * where process ids compare nothing. Must not know what the lock protects.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../core/graph-store.ts';

export interface WriterLock {
  release(): void;
}

/** Throws StoreError `locked` when another writer holds the folder, `io` when the lock file can't be used. */
export function takeWriterLock(dir: string): WriterLock {
  const holder = join(dir, 'writer.json');
  const database = open(join(dir, 'writer.lock'));
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (!/locked|busy/i.test(String(cause)))
      throw new StoreError('io', `cannot lock the store ${dir}`, {
        cause,
        hint: 'check the rights on the folder',
      });
    throw new StoreError('locked', `the store ${dir} is being written by ${describe(holder)}`, {
      cause,
      hint: 'stop that process, or open the store for reading: any number of readers may',
    });
  }
  try {
    writeFileSync(holder, `${JSON.stringify({ pid: process.pid, since: new Date().toISOString() })}\n`);
  } catch (cause) {
    database.close();
    const { code } = cause as NodeJS.ErrnoException;
    const hint = code === 'ENOSPC' ? 'its disk is full: make room' : 'check the rights on the folder';
    throw new StoreError('io', `cannot write ${holder} (${code})`, { cause, hint });
  }
  return { release: () => database.close() };
}

function open(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout: 0 });
  } catch (cause) {
    throw new StoreError('io', `cannot open ${file}`, { cause, hint: 'check the rights on the folder' });
  }
}

function describe(holder: string): string {
  try {
    const { pid, since } = JSON.parse(readFileSync(holder, 'utf8')) as { pid: number; since: string };
    return `process ${pid} since ${since}`;
  } catch {
    return 'another process';
  }
}
