/**
 * An ETag for every answer to a GET, made from its bytes: who asks again with it is told that nothing changed. The work
 * of the answer is done all the same; what is saved is the way.
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

export function addEntityTags(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' || reply.statusCode !== 200 || typeof payload !== 'string') return payload;
    const tag = `W/"${createHash('sha256').update(payload).digest('base64url').slice(0, 22)}"`;
    reply.header('etag', tag).header('cache-control', 'private, no-cache');
    const known = request.headers['if-none-match'];
    if (known === undefined || !known.split(',').some((one) => one.trim() === tag || one.trim() === '*'))
      return payload;
    reply.status(304).removeHeader('content-type').removeHeader('content-length');
    return '';
  });
}
