/**
 * Where a Neo4j is and who asks it, from `--store` and the environment. Secrets come from the environment or a file,
 * never from the command line, and no message of here repeats one. It must not connect to anything.
 */
import { readFileSync } from 'node:fs';
import { StoreError } from '../../core/graph-store.ts';

export interface Neo4jAddress {
  /** As messages have it: without a user. */
  readonly shown: string;
  /** As the driver takes it: scheme, host and port. */
  readonly url: string;
  /** Undefined: the user's home database. */
  readonly database: string | undefined;
  readonly user: string;
  /** Undefined: a server that asks for none. */
  readonly password: string | undefined;
  /** PEM files of authorities in place of the system's. */
  readonly authorities: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const schemes = /^(neo4j|bolt)(\+s|\+ssc)?:\/\//;
const form = 'neo4j[+s]://HOST[:PORT][/DATABASE], or bolt[+s]://… for one server';

export function isNeo4jAddress(place: string): boolean {
  return schemes.test(place);
}

/** Throws StoreError `refused` where it can't be used as it stands. */
export function neo4jAddress(place: string, env: Environment): Neo4jAddress {
  const url = URL.parse(place);
  const database = url?.pathname.replace(/^\//, '') ?? '';
  if (url === null || url.host === '' || /[^\w.-]/.test(database) || url.hash !== '')
    throw new StoreError('refused', 'this is no address of a Neo4j', { hint: form });
  const shown = `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, '')}`;
  if (url.password !== '')
    throw new StoreError('refused', `${shown} must not be given with a password: others can see it`, {
      hint: 'set DISPROTRACK_NEO4J_PASSWORD_FILE or DISPROTRACK_NEO4J_PASSWORD',
    });
  const authorities = env.DISPROTRACK_NEO4J_CA_FILE;
  if (authorities && url.protocol.endsWith('+ssc:'))
    throw new StoreError(
      'refused',
      `${shown} trusts any certificate, so that DISPROTRACK_NEO4J_CA_FILE counts for nothing`,
      {
        hint: 'use +s in place of +ssc',
      },
    );
  return {
    shown,
    url: `${url.protocol}//${url.host}${url.search}`,
    database: database === '' ? undefined : database,
    user: decodeURIComponent(url.username) || env.DISPROTRACK_NEO4J_USER || 'neo4j',
    password: password(env),
    authorities: authorities ? [authorities] : [],
  };
}

function password(env: Environment): string | undefined {
  const path = env.DISPROTRACK_NEO4J_PASSWORD_FILE;
  if (!path) return env.DISPROTRACK_NEO4J_PASSWORD || undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new StoreError('refused', `no password can be read from ${path} (${code})`, { cause });
  }
}
