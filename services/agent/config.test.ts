import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { AgentConfig, ingestToken, readAgentConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-agent-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'agent.env');

test('a file and the environment, which goes before it', () => {
  writeFileSync(
    file,
    'DISPROTRACK_AGENT_INGEST=http://one:1\nDISPROTRACK_AGENT_PREFIXES="/var/log /srv/log"\n',
  );
  const config = readAgentConfig(file, { DISPROTRACK_AGENT_INGEST: 'https://two:2', HOME: '/root' });
  expect(config.DISPROTRACK_AGENT_INGEST).toBe('https://two:2');
  expect(config.DISPROTRACK_AGENT_PREFIXES).toEqual(['/var/log', '/srv/log']);
});

test('all that is wrong is told at once', () => {
  const read = () =>
    readAgentConfig(undefined, { DISPROTRACK_AGENT_SOURCE: 'magic', DISPROTRACK_AGENT_PREFIXES: 'var/log' });
  expect(read).toThrow(
    /SOURCE=magic[\s\S]*INGEST must be set[\s\S]*PREFIXES=var\/log: paths must be absolute/,
  );
});

test('a misspelt setting and a file that is not there are refused', () => {
  writeFileSync(file, 'DISPROTRACK_AGENT_INGESST=http://one:1\n');
  expect(() => readAgentConfig(file, {})).toThrow('DISPROTRACK_AGENT_INGESST');
  expect(() => readAgentConfig(join(folder, 'none'), {})).toThrow(/can't be read/);
});

test('the token can stand in a file of its own', () => {
  writeFileSync(join(folder, 'token'), 'secret\n');
  const settings = {
    DISPROTRACK_AGENT_INGEST: 'http://one:1',
    DISPROTRACK_AGENT_TOKEN_FILE: join(folder, 'token'),
  };
  expect(ingestToken(readAgentConfig(undefined, settings))).toBe('secret');
});

test('the document has every setting', () => {
  const text = readFileSync(new URL('../../docs/AGENT.md', import.meta.url), 'utf8');
  for (const name of Object.keys(AgentConfig.shape)) expect(text).toContain(`| \`${name}\``);
});
