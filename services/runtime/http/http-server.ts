/**
 * The HTTP server below a service: plain or with TLS, and bounds on what a client may take of it. Certificates are
 * looked at every second, so that they are renewed without a restart. It must not know routes.
 */
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '../config-error.ts';

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** Whoever connects must have a certificate of this authority. */
  readonly clientCa?: string | undefined;
}

export interface HttpLimits {
  readonly request_ms_max: number;
  readonly headers_ms_max: number;
  readonly header_bytes_max: number;
  readonly connections_max: number;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;
export type MakeServer = (handler: Handler, limits: HttpLimits) => Server;

const look_ms = 1_000;
const timeout_look_ms = 5_000;

/** Throws ConfigError where the files of `tls` are none, or do not belong together. */
export function serverMaker(tls: TlsFiles | undefined, onTrouble: (message: string) => void): MakeServer {
  return (handler, limits) => {
    const options = {
      requestTimeout: limits.request_ms_max,
      headersTimeout: limits.headers_ms_max,
      maxHeaderSize: limits.header_bytes_max,
      // How often Node looks for those that take too long.
      connectionsCheckingInterval: Math.min(timeout_look_ms, limits.headers_ms_max),
    };
    const server =
      tls === undefined ? createServer(options, handler) : tlsServer(tls, options, handler, onTrouble);
    server.maxConnections = limits.connections_max;
    return server;
  };
}

export const plainServer: MakeServer = serverMaker(undefined, () => {});

/** The address as a URL that says whether the server talks TLS: fastify can't know it of a server that it was given. */
export function urlOf(server: object, address: string): string {
  return server instanceof TlsServer ? address.replace(/^http:/, 'https:') : address;
}

function tlsServer(
  files: TlsFiles,
  options: object,
  handler: Handler,
  onTrouble: (message: string) => void,
): Server {
  const identity = readIdentity(files);
  const mutual = files.clientCa === undefined ? {} : { requestCert: true, rejectUnauthorized: true };
  const server = createTlsServer({ ...options, ...identity, ...mutual }, handler);
  let seen = stamp(files);
  const looking = setInterval(() => {
    try {
      const now = stamp(files);
      if (now === seen) return;
      seen = now;
      server.setSecureContext(readIdentity(files));
    } catch (error) {
      // Half a pair for a moment: the one that was read stays.
      onTrouble((error as Error).message);
    }
  }, look_ms);
  looking.unref();
  server.once('close', () => clearInterval(looking));
  return server;
}

/** Throws ConfigError. */
function readIdentity({ cert, key, clientCa }: TlsFiles) {
  try {
    const identity = {
      cert: readFileSync(cert),
      key: readFileSync(key),
      ...(clientCa === undefined ? {} : { ca: readFileSync(clientCa) }),
    };
    createSecureContext(identity);
    return identity;
  } catch (cause) {
    const files = [cert, key, clientCa].filter((file) => file !== undefined).join(', ');
    throw new ConfigError([`TLS can't be had of ${files}: ${(cause as Error).message}`]);
  }
}

function stamp(files: TlsFiles): string {
  return [files.cert, files.key, files.clientCa]
    .map((file) => {
      if (file === undefined) return '';
      const { mtimeMs, size, ino } = statSync(file);
      return `${mtimeMs} ${size} ${ino}`;
    })
    .join();
}
