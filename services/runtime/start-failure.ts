/** A service that could not start, in a sentence where the operator can do something; otherwise all that is known. */
import { QueueError } from '../core/batch-queue.ts';
import { StoreError } from '../core/graph-store.ts';
import { ConfigError } from './config-error.ts';

export function startFailure(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof StoreError || error instanceof QueueError)
    return error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL')
    return `cannot listen: ${message}`;
  return stack ?? String(error);
}

/** Runs a service's `main` and ends the process with 2 for a wrong configuration, and 3 for what else stops it. */
export async function runService(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${startFailure(error)}\n`);
    process.exitCode = error instanceof ConfigError ? 2 : 3;
  }
}
