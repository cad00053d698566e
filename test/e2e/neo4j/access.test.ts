/** A Neo4j behind TLS and a password, and databases that are no store of this version. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import neo4j from 'neo4j-driver';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StoreError } from '../../../services/core/graph-store.ts';
import { openStore } from '../../../services/store/open-store.ts';
import { delta, vertex } from '../../conformance/deltas.ts';
import { installTools } from '../analyser/tool/install.ts';
import { Neo4jServer } from './neo4j-server.ts';

let certificate = '';

/** A certificate of its own, and no way in without it. */
function withTls(folder: string): string[] {
  const base = join(folder, 'tls');
  mkdirSync(base);
  certificate = join(base, 'public.crt');
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', join(base, 'private.key'), '-out', certificate];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, ...files],
    {
      stdio: 'ignore',
    },
  );
  return [
    'server.bolt.tls_level=REQUIRED',
    'dbms.ssl.policy.bolt.enabled=true',
    `dbms.ssl.policy.bolt.base_directory=${base}`,
    'dbms.ssl.policy.bolt.private_key=private.key',
    'dbms.ssl.policy.bolt.public_certificate=public.crt',
    'dbms.ssl.policy.bolt.client_auth=NONE',
  ];
}

let server: Neo4jServer;
beforeAll(async () => {
  await installTools('openssl');
  server = new Neo4jServer(withTls, 'bolt+ssc');
  await server.start();
});
afterAll(() => server.destroy());

const at = (scheme: string): string => `${scheme}://127.0.0.1:${server.port}`;

/** What a process would have in its environment. */
function setEnvironment(env: Record<string, string>): void {
  Object.assign(process.env, { DISPROTRACK_NEO4J_CA_FILE: '', DISPROTRACK_NEO4J_PASSWORD: '' }, env);
}

async function refusal(
  place: string,
  env: Record<string, string>,
  mode: 'read' | 'write' = 'write',
): Promise<StoreError> {
  setEnvironment(env);
  const error = await (mode === 'write' ? openStore(place, { mode }) : openStore(place, { mode })).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toMatchObject({ name: 'StoreError' });
  return error as StoreError;
}

test('an empty database is no store to read', async () => {
  expect(await refusal(at('bolt+ssc'), server.env, 'read')).toMatchObject({ code: 'not-a-store' });
});

test('writers that come up to an empty database together make one schema of it', async () => {
  setEnvironment(server.env);
  const stores = await Promise.all(
    Array.from({ length: 4 }, () => openStore(at('bolt+ssc'), { mode: 'write' })),
  );
  await stores[0]!.apply(delta({ vertices: [vertex('together')] }));
  expect((await stores[3]!.vertices(['together'])).length).toBe(1);
  for (const store of stores) await store.close();
});

test('over TLS, with the authority that was named', async () => {
  const env = { ...server.env, DISPROTRACK_NEO4J_CA_FILE: certificate };
  for (const scheme of ['bolt+s', 'neo4j+s']) {
    setEnvironment(env);
    const store = await openStore(at(scheme), { mode: 'write' });
    await store.apply(delta({ vertices: [vertex('a')] }));
    await store.close();
    const reader = await openStore(at(scheme), { mode: 'read' });
    expect((await reader.vertices(['a'])).length).toBe(1);
    await reader.close();
  }
});

test.each([
  ['without TLS', 'bolt'],
  ['without its authority', 'bolt+s'],
])('%s it is not used', async (_, scheme) => {
  expect(await refusal(at(scheme), server.env)).toMatchObject({ code: 'unavailable' });
});

test('a wrong password is refused, and not repeated', async () => {
  const error = await refusal(at('bolt+ssc'), { DISPROTRACK_NEO4J_PASSWORD: 'hunter2' });
  expect(error.code).toBe('refused');
  expect(`${error.message} ${error.hint} ${error.stack} ${JSON.stringify(error)}`).not.toContain('hunter2');
});

test('a store of a newer format is refused, to read and to write', async () => {
  const driver = neo4j.driver(at('bolt+ssc'), neo4j.auth.basic('neo4j', server.password));
  await driver.executeQuery('CREATE (:Migration {version: 99})');
  for (const mode of ['read', 'write'] as const)
    expect(await refusal(at('bolt+ssc'), server.env, mode)).toMatchObject({ code: 'newer-format' });
  await driver.executeQuery('MATCH (m:Migration {version: 99}) DELETE m');
  await driver.close();
});
