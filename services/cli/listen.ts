/** Listens, or says in a sentence why that can't be. */
import type { FastifyInstance } from 'fastify';
import { urlOf } from '../runtime/http/http-server.ts';
import { listenFailure } from '../runtime/listen-failure.ts';
import { CommandError } from './failure.ts';

/** The address as a URL. `option`: what chooses the port. Throws CommandError. */
export async function listen(
  app: FastifyInstance,
  host: string,
  port: number,
  option = '--port',
): Promise<string> {
  try {
    const url = (address: string): string => urlOf(app.server, address);
    const listenTextResolver = (address: string): string => `Listening on ${url(address)}`;
    return url(await app.listen({ host, port, listenTextResolver }));
  } catch (cause) {
    throw new CommandError('port', listenFailure(cause as NodeJS.ErrnoException, host, port), {
      cause,
      hint: `choose another with ${option} (0 takes any)`,
    });
  }
}
