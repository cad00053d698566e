/** Takes LMS-CFG profiles by build id, for the worker that reads the registry. */
import { z } from 'zod';
import { body_bytes_max, decompressed_bytes_max, encodings } from '../../contract/batch.ts';
import { decompress } from '../../runtime/decompress.ts';
import { HttpError } from '../../runtime/http/http-error.ts';
import type { Routes } from '../../runtime/http/service-app.ts';
import type { BatchAdmission } from '../batch-admission.ts';
import type { IngestAppOptions } from '../options.ts';
import { problemAnswers } from '../problem-answers.ts';
import { keepProfile } from '../profile-keeper.ts';

const json = 'application/json';

const ProfileAnswer = z.strictObject({
  id: z.string().describe('build id, or hash of what was analysed'),
  program: z.string(),
  nodes: z.number().int(),
});

const ProfileHeaders = z.object({
  'content-encoding': z
    .enum(encodings)
    .optional()
    .describe(`at most ${body_bytes_max >> 20} MiB, and ${decompressed_bytes_max >> 20} MiB decompressed`),
});

/** A scope of its own, which takes JSON. */
export function profileRoute(
  app: Routes,
  { access, profiles }: IngestAppOptions,
  admission: BatchAdmission,
): void {
  app.addContentTypeParser(json, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post(
    '/v1/profiles',
    {
      ...admission.hooks(access, 'profiles'),
      schema: {
        summary: 'Keeps a profile in the registry, by its build id; a worker reads it within seconds',
        headers: ProfileHeaders,
        consumes: [json],
        response: {
          200: ProfileAnswer.describe('just this profile was there; nothing changed'),
          201: ProfileAnswer.describe('kept'),
          ...problemAnswers(400, 401, 403, 404, 413, 415, 422, 429, 500, 507),
        },
      },
    },
    async (request, reply) => {
      if (profiles === undefined) throw new HttpError(404, 'this service keeps no profiles');
      const encoding = request.headers['content-encoding'] ?? 'identity';
      const body = (request.body as Uint8Array | undefined) ?? new Uint8Array();
      const bytes = await decompress(body, encoding, decompressed_bytes_max);
      const { isNew, id, profile } = await keepProfile(profiles, parsed(bytes));
      const { program, nodes } = profile;
      request.log.info({ program, id, nodes: nodes.length, isNew }, 'profile');
      return reply.status(isNew ? 201 : 200).send({ id, program, nodes: nodes.length });
    },
  );
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new HttpError(400, `the body is no JSON: ${(error as Error).message}`);
  }
}
