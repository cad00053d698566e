/** Settings of who may come in, the same for each service that listens. */
import { z } from 'zod';
import { Access, isLoopback } from './access.ts';
import { ConfigError } from './config-error.ts';
import { type MakeServer, serverMaker, type TlsFiles } from './http/http-server.ts';
import { requireTokenFile, Tokens } from './tokens.ts';

export const AccessSettings = z.object({
  DISPROTRACK_TOKENS: z.string().optional().describe('file of tokens, as `disprotrack token` writes it'),
  DISPROTRACK_TENANT: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be the name of a tenant')
    .optional()
    .describe('whose the service is; without it, it is of what is of no tenant'),
  DISPROTRACK_INSECURE: z.stringbool().default(false).describe('no token is needed; on the loopback alone'),
  DISPROTRACK_TLS_CERT: z.string().optional().describe('file of the certificate, with those in between'),
  DISPROTRACK_TLS_KEY: z.string().optional(),
  DISPROTRACK_TLS_CLIENT_CA: z
    .string()
    .optional()
    .describe('whoever connects must have a certificate of this authority'),
});
type AccessSettings = z.output<typeof AccessSettings>;

export interface ConfiguredAccess {
  readonly access: Access;
  readonly makeServer: MakeServer;
}

/** Throws ConfigError with all that is wrong. `listens`: the address that the service listens on. */
export async function configuredAccess(
  config: AccessSettings,
  listens: string,
  onTrouble: (message: string) => void,
): Promise<ConfiguredAccess> {
  const { DISPROTRACK_TOKENS: file, DISPROTRACK_INSECURE: isInsecure } = config;
  if (isInsecure && !isLoopback(listens))
    throw new ConfigError([
      'DISPROTRACK_INSECURE: only on the loopback: anybody could read the graph, and write into it',
    ]);
  await requireTokenFile(file);
  const tokens = isInsecure ? undefined : new Tokens(file, onTrouble);
  return {
    access: new Access(tokens, config.DISPROTRACK_TENANT),
    makeServer: serverMaker(
      tlsFiles({
        cert: config.DISPROTRACK_TLS_CERT,
        key: config.DISPROTRACK_TLS_KEY,
        clientCa: config.DISPROTRACK_TLS_CLIENT_CA,
      }),
      onTrouble,
    ),
  };
}

/** Undefined where none are named. Throws ConfigError where one is missing. */
export function tlsFiles(named: { [K in keyof TlsFiles]?: string | undefined }): TlsFiles | undefined {
  const { cert, key, clientCa } = named;
  if (cert !== undefined && key !== undefined) return { cert, key, clientCa };
  if (cert === undefined && key === undefined && clientCa === undefined) return undefined;
  throw new ConfigError(['TLS needs a certificate and its key, also where clients must show theirs']);
}
