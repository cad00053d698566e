import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ConfigError } from '../runtime/config-error.ts';
import { AgentConfig, readAgentConfig } from './config.ts';

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

test('lines that are no settings, unknown settings and wrong values are told together', () => {
  writeFileSync(
    file,
    '# mine\n\nDISPROTRACK_AGENT_INGESST=http://one:1\nnonsense\r\ntoString=1\n' +
      'DISPROTRACK_AGENT_PREFIXES="/var/log\nDISPROTRACK_AGENT_STATUS_PORT=many\n',
  );
  let problems: readonly string[] = [];
  try {
    readAgentConfig(file, { DISPROTRACK_AGENT_SOURCE: 'magic' });
  } catch (error) {
    problems = (error as ConfigError).problems;
  }
  expect(problems).toEqual([
    `line 4 of ${file} is no NAME=value`,
    `line 6 of ${file} has a quote that is not closed`,
    `DISPROTRACK_AGENT_INGESST in ${file} is no setting`,
    `toString in ${file} is no setting`,
    expect.stringMatching(/^DISPROTRACK_AGENT_SOURCE=magic: /),
    'DISPROTRACK_AGENT_INGEST must be set',
    expect.stringMatching(/^DISPROTRACK_AGENT_STATUS_PORT=many: /),
  ]);
});

test.each([Buffer.from('A=1\0\x01'), Buffer.from([0x41, 0x3d, 0xff, 0xfe]), Buffer.from('\x7fELF=1')])(
  'a file that is no text is refused without showing it (%#)',
  (bytes) => {
    writeFileSync(file, bytes);
    expect(() => readAgentConfig(file, {})).toThrow(
      new ConfigError([`${file} is no text: it can't be settings`]),
    );
  },
);

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
  expect(readAgentConfig(undefined, settings).DISPROTRACK_AGENT_TOKEN_FILE).toBe(join(folder, 'token'));
  const missing = { ...settings, DISPROTRACK_AGENT_TOKEN_FILE: join(folder, 'none') };
  expect(() => readAgentConfig(undefined, missing)).toThrow(/TOKEN_FILE=.*none: ENOENT/);
});

test('the document has every setting', () => {
  const text = readFileSync(new URL('../../docs/AGENT.md', import.meta.url), 'utf8');
  for (const name of Object.keys(AgentConfig.shape)) expect(text).toContain(`| \`${name}\``);
});
