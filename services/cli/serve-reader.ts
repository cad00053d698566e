/** Listens with the query API over one reader. It must not open or close a store. */
import type { GraphReader } from '../core/graph-store.ts';
import { buildApp } from '../query/app.ts';
import type { CommandContext } from './command-context.ts';
import { CommandError } from './failure.ts';
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
    const address = await app.listen({ host, port });
    await terminal.print(
      `Serving the query API on ${address} (Ctrl-C stops).\n` +
        `  curl -s ${address}/v1/root-causes -H 'content-type: application/json' -d '{"symptom":"/etc/os-release"}'\n`,
    );
    await stopped;
  } catch (cause) {
    throw new CommandError('port', listenFailure(cause as NodeJS.ErrnoException, host, port), {
      cause,
      hint: 'choose another with --port (0 takes any)',
    });
  } finally {
    await app.close();
  }
}

function listenFailure(cause: NodeJS.ErrnoException, host: string, port: number): string {
  if (cause.code === 'EADDRINUSE') return `port ${port} on ${host} is taken by another program`;
  if (cause.code === 'EACCES') return `port ${port} may not be used by this user`;
  return `${host}, port ${port} can't be listened on (${cause.code ?? cause.message})`;
}
