/**
 * One agent at a spool. The lock is SQLite's on an empty file, because that is a lock of the kernel: it goes when the
 * process goes, however that happens, and holds between containers that share the folder. It must not know what a
 * spool holds.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AgentError } from '../agent-error.ts';

export interface SpoolLock {
  release(): void;
}

/** Throws AgentError where another agent has the folder, or where it can't be locked. */
export function lockSpool(folder: string): SpoolLock {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(folder, 'spool.lock'), { timeout: 0 });
    // Nothing is written, journal or other, and so a full disk does not matter.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    if (!/locked|busy/i.test(String(cause)))
      throw new AgentError('spool', `the spool ${folder} can't be locked`, {
        cause,
        hint: 'check the rights on the folder',
      });
    throw new AgentError('spool', `the spool ${folder} is used by another agent`, {
      cause,
      hint: 'stop that agent, or give this one another folder with DISPROTRACK_AGENT_SPOOL',
    });
  }
  const held = database;
  return { release: () => held.close() };
}
