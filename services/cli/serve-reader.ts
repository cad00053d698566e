/** Listens with the query API over one reader. It must not open or close a store. */
import type { GraphReader } from '../core/graph-store.ts';
import { buildApp } from '../query/app.ts';
import { Access } from '../runtime/access.ts';
import { serverMaker, type TlsFiles } from '../runtime/http/http-server.ts';
import type { Tokens } from '../runtime/tokens.ts';
import type { CommandContext } from './command-context.ts';
import { listen } from './listen.ts';
import { safeText } from './render/safe-text.ts';

export interface ServeReaderOptions {
  readonly host: string;
  readonly port: number;
  /** Undefined where nobody needs one. */
  readonly tokens: Tokens | undefined;
  readonly tenant?: string | undefined;
  readonly tls?: TlsFiles | undefined;
}

/** Resolves once stopped and closed. Rejects with CommandError where the address can't be listened on. */
export async function serveReader(
  reader: GraphReader,
  { host, port, tokens, tenant, tls }: ServeReaderOptions,
  { terminal, untilStopped }: CommandContext,
): Promise<void> {
  const note = (text: string): void => terminal.note(`disprotrack: ${safeText(text)}\n`);
  const app = await buildApp({
    reader,
    access: new Access(tokens, tenant),
    onFailure: (error) => note(`a request failed: ${error}`),
    makeServer: serverMaker(tls, note),
  });
  const stopped = untilStopped();
  try {
    const address = await listen(app, host, port);
    const token = tokens === undefined ? '' : ` -H "authorization: Bearer $(cat query.token)"`;
    await terminal.print(
      `Serving the query API on ${address} (Ctrl-C stops).\n` +
        `  curl -s ${address}/v1/root-causes${token} -H 'content-type: application/json' -d '{"symptom":"/etc/os-release"}'\n`,
    );
    await stopped;
  } finally {
    await app.close();
  }
}
