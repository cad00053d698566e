/** docker-compose.yml as the program that reads it understands it, with the secrets that its script makes. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTokenFile, Tokens } from '../../services/runtime/tokens.ts';
import { installTools } from './analyser/tool/install.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-compose-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  await installTools('docker-compose');
  mkdirSync(join(folder, 'deploy'));
  cpSync(join(root, 'docker-compose.yml'), join(folder, 'docker-compose.yml'));
  cpSync(join(root, 'deploy', 'docker'), join(folder, 'deploy', 'docker'), {
    recursive: true,
    filter: (path) => !path.endsWith('/secrets'),
  });
  symlinkSync(join(root, 'scripts'), join(folder, 'scripts'));
}, 180_000);

test('its secrets are made once, and are tokens that services know', async () => {
  const script = join(folder, 'deploy', 'docker', 'secrets.sh');
  execFileSync('sh', [script, 'node7']);
  const secret = (name: string): string => join(folder, 'deploy', 'docker', 'secrets', name);
  expect(statSync(join(secret('tokens.json'), '..')).mode & 0o777).toBe(0o700);
  const { tokens } = await readTokenFile(secret('tokens.json'));
  expect(tokens.map(({ scope }) => scope)).toEqual(['agent', 'query', 'profiles', 'operator']);
  const agent = readFileSync(secret('agent.token'), 'utf8').trim();
  expect(await new Tokens(secret('tokens.json'), () => {}).find(agent)).toMatchObject({ hosts: ['node7'] });
  expect(readFileSync(secret('neo4j.auth'), 'utf8')).toMatch(/^neo4j\/[0-9a-f]{48}$/);
  expect(spawnSync('sh', [script]).status).toBe(3);
});

test('it is a composition of redis, neo4j, ingest, two workers, query and the agent', () => {
  const compose = (...args: string[]): string =>
    execFileSync('docker-compose', ['-f', join(folder, 'docker-compose.yml'), 'config', ...args], {
      encoding: 'utf8',
    });
  const services = compose('--services').trim().split('\n').sort();
  expect(services).toEqual(['agent', 'ingest', 'neo4j', 'query', 'redis', 'worker1', 'worker2']);
  expect(compose()).toContain('DISPROTRACK_STORE: neo4j://neo4j:7687');
});
