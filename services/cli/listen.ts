/** Listens, or says in a sentence why that can't be. */
import type { FastifyInstance } from 'fastify';
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
    return await app.listen({ host, port });
  } catch (cause) {
    throw new CommandError('port', listenFailure(cause as NodeJS.ErrnoException, host, port), {
      cause,
      hint: `choose another with ${option} (0 takes any)`,
    });
  }
}
