/** What is deployed says settings that there are, and starts files that there are. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { AgentConfig } from '../../services/agent/config.ts';
import { IngestConfig } from '../../services/ingest/config.ts';
import { QueryConfig } from '../../services/query/config.ts';
import { WorkerConfig } from '../../services/worker/config.ts';

const root = new URL('../../', import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, root), 'utf8');
const compose = text('docker-compose.yml');

/** Of the database’s driver, which reads them itself; and the one that the file itself asks for. */
const others = ['DISPROTRACK_NEO4J_USER', 'DISPROTRACK_NEO4J_PASSWORD_FILE', 'DISPROTRACK_HOST'];

test('docker-compose.yml names settings that some service has', () => {
  const known = new Set([
    ...[AgentConfig, IngestConfig, QueryConfig, WorkerConfig].flatMap(({ shape }) => Object.keys(shape)),
    ...others,
  ]);
  const named = [...new Set(compose.match(/DISPROTRACK_[A-Z0-9_]+/g))];
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test('what it starts and builds is there', () => {
  const files = [
    ...[...compose.matchAll(/command: (services\S+)/g)].map(([, file]) => file!),
    ...[...compose.matchAll(/dockerfile: ([^ ,}]+)/g)].map(([, file]) => file!),
    'deploy/docker/secrets.sh',
  ];
  expect(files.length).toBeGreaterThan(4);
  expect(files.filter((file) => !existsSync(fileURLToPath(new URL(file, root))))).toEqual([]);
  const targets = [...text('deploy/docker/Dockerfile').matchAll(/ AS (\w+)/g)].map(([, target]) => target);
  for (const [, target] of compose.matchAll(/target: (\w+)/g)) expect(targets).toContain(target);
});
