/**
 * An HTTP service with an API: schemas that check what comes in and go out as OpenAPI, an id for each request, bounds,
 * and problem+json for whatever is refused. It must not know its routes.
 */
import { randomUUID } from 'node:crypto';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { answerError, type Meaning, refuseUnreadable } from './error-answer.ts';
import { type HttpLimits, type MakeServer, plainServer } from './http-server.ts';
import { answerUnknownRoutes } from './unknown-route.ts';
import { untakenType } from './untaken-type.ts';

/** What whoever starts a service says of its HTTP side. */
export interface HttpSide {
  /** None by default. */
  readonly logger?: FastifyServerOptions['logger'];
  /** Requests that failed for no fault of theirs are told here. */
  readonly onFailure?: (error: unknown) => void;
  readonly makeServer?: MakeServer | undefined;
}

/** What a service is like. */
export interface ServiceKind {
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license?: { readonly name: string; readonly identifier: string };
  };
  readonly tags?: { readonly name: string; readonly description: string }[];
  readonly limits: HttpLimits;
  readonly body_bytes_max: number;
  /** Of what stands in the path in place of a name. */
  readonly parameter_length_max: number;
  /** Not where routes say themselves what is worth a line. */
  readonly logsRequests: boolean;
  readonly meaning: Meaning;
}

/** Where routes are added: their handlers have the types of their schemas. */
export type Routes = ReturnType<typeof routesOf>;

export async function serviceApp(kind: ServiceKind, side: HttpSide): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    logger: side.logger ?? false,
    logController: new LogController({ disableRequestLogging: !kind.logsRequests }),
    bodyLimit: kind.body_bytes_max,
    clientErrorHandler: refuseUnreadable,
    routerOptions: { maxParamLength: kind.parameter_length_max },
    genReqId: () => randomUUID(),
    serverFactory: (handler) => (side.makeServer ?? plainServer)(handler, kind.limits),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, request, reply) =>
    answerError(untakenType(error, request), reply, kind.meaning, (failure) => side.onFailure?.(failure)),
  );
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  answerUnknownRoutes(app);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: kind.info,
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
      ...(kind.tags === undefined ? {} : { tags: kind.tags }),
    },
    transform: jsonSchemaTransform,
  });
  return app;
}

export function routesOf(app: FastifyInstance) {
  return app.withTypeProvider<ZodTypeProvider>();
}
