/** Listens with the query API over one reader. It must not open or close a store. */
import type { GraphReader } from '../core/graph-store.ts';
import { buildApp } from '../query/app.ts';
import type { CommandContext } from './command-context.ts';
import { listen } from './listen.ts';
import { safeText } from './render/safe-text.ts';

/** Resolves once stopped and closed. Rejects with CommandError where the address can't be listened on. */
export async function serveReader(
  reader: GraphReader,
  { host, port }: { host: string; port: number },
  { terminal, untilStopped }: CommandContext,
): Promise<void> {
  const app = await buildApp({
    reader,
    onFailure: (error) => terminal.note(`disprotrack: a request failed: ${safeText(String(error))}\n`),
  });
  const stopped = untilStopped();
  try {
    const address = await listen(app, host, port);
    await terminal.print(
      `Serving the query API on ${address} (Ctrl-C stops).\n` +
        `  curl -s ${address}/v1/root-causes -H 'content-type: application/json' -d '{"symptom":"/etc/os-release"}'\n`,
    );
    await stopped;
  } finally {
    await app.close();
  }
}
