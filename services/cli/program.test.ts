import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../test/fixture/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-program-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: string[]) => runCommand(argv, async () => {});

/** One process that reads a secret and connects out. */
function auditLog(): string {
  const head = (serial: number): string =>
    `msg=audit(1700000000.${String(serial).padStart(3, '0')}:${serial}):`;
  const call = (serial: number, syscall: number, exit: number, a0: string): string =>
    `type=SYSCALL ${head(serial)} arch=c000003e syscall=${syscall} success=yes exit=${exit} a0=${a0} a1=0 a2=0 a3=0 items=1 ppid=1 pid=77 auid=0 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=1 comm="thief" exe="/usr/bin/thief" key=(null)`;
  return [
    call(1, 257, 3, 'ffffff9c'),
    `type=CWD ${head(1)} cwd="/"`,
    `type=PATH ${head(1)} item=0 name="/etc/secret" inode=9 dev=08:01 mode=0100600 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL`,
    `type=EOE ${head(1)} `,
    call(2, 0, 10, '3'),
    `type=EOE ${head(2)} `,
    call(3, 42, 0, '4'),
    `type=SOCKADDR ${head(3)} saddr=0200115CCB0071420000000000000000`,
    `type=EOE ${head(3)} `,
    '',
  ].join('\n');
}

beforeAll(() => {
  writeFileSync(at('audit.log'), auditLog());
  writeFileSync(at('audit.log.gz'), gzipSync(auditLog()));
  writeFileSync(at('audit.log.zst'), zstdCompressSync(auditLog()));
  // As `cat` makes one file of several.
  const middle = auditLog().indexOf('\n') - 9;
  const halves = [auditLog().slice(0, middle), auditLog().slice(middle)];
  writeFileSync(at('both.log.zst'), Buffer.concat(halves.map((half) => zstdCompressSync(half))));
});

describe('from a log to its answer', () => {
  const forms = ['audit.log', 'audit.log.gz', 'audit.log.zst', 'both.log.zst'];
  test.each(forms)('%s is imported and asked', async (name) => {
    const store = at(`store-${name}`);
    const imported = await run('import', '--store', store, '--host', 'h', '--audit', at(name));
    expect(imported).toMatchObject({ code: 0, err: '' });
    expect(imported.out).toContain('9 records in 3 events');

    const why = await run('why', '--store', store, '203.0.113.66:4444');
    expect(why.code).toBe(0);
    expect(why.out).toContain('/etc/secret');

    const json = await run('why', '--store', store, '--json', '203.0.113.66:4444');
    expect(Object.keys(JSON.parse(json.out) as object).sort()).toEqual([
      'clocks',
      'completeness',
      'elapsedMs',
      'gaps',
      'graph',
      'reduction',
      'rootCauses',
      'symptom',
      'truncated',
    ]);

    const forward = await run('trace', '--store', store, '--forward', '/etc/secret');
    expect(forward).toMatchObject({ code: 0 });
    expect(forward.out).toContain('203.0.113.66:4444');
  });

  test('a repeated import changes nothing', async () => {
    const store = at('store-twice');
    const args = ['import', '--store', store, '--host', 'h', '--audit', at('audit.log')];
    await run(...args);
    const once = await run('export', '--store', store, '--format', 'json');
    await run(...args);
    expect(await run('export', '--store', store, '--format', 'json')).toEqual(once);
    const none = await run('export', '--store', store, '--format', 'dot', '--symptom', 'no such thing');
    expect([none.code, none.err]).toEqual([
      1,
      expect.stringContaining('nothing is known that no such thing'),
    ]);
    expect((JSON.parse(once.out) as { edges: unknown[] }).edges.length).toBeGreaterThan(0);
  });

  test('a log without years has times: by --year, or by the date of its file', async () => {
    writeFileSync(at('messages'), 'Nov  3 10:00:00 web sshd[9]: from 192.0.2.1\n');
    utimesSync(at('messages'), new Date(), new Date('2025-06-01T00:00:00Z'));
    const times = async (...argv: string[]): Promise<string> => {
      const store = at(`store-years${argv.length}`);
      const { out } = await run('import', '--store', store, '--log', at('messages'), ...argv);
      const exported = await run('export', '--store', store, '--format', 'json');
      return out + exported.out;
    };
    expect(await times()).toMatch(/from 2024 by the file's date[\s\S]*2024-11-03T10:00:00\.000000000Z/);
    expect(await times('--year', '2019')).toMatch(/from 2019, rolled[\s\S]*2019-11-03T10:00:00\.000000000Z/);
  });

  test('an older log after a newer one is said to stand in the wrong place', async () => {
    const store = at('store-older');
    const older = auditLog().replaceAll('audit(1700000000', 'audit(1699999000');
    writeFileSync(at('newer.log'), auditLog().replace(/(\d+\.\d+):(\d)\)/g, '$1:50$2)'));
    writeFileSync(at('older.log'), older);
    const first = await run('import', '--store', store, '--host', 'h', '--audit', at('newer.log'));
    const second = await run('import', '--store', store, '--host', 'h', '--audit', at('older.log'));
    expect([first.err, first.code, second.code]).toEqual(['', 0, 0]);
    expect(second.err).toContain('warning: 3 events of h are older than what the store already had');
  });

  test('--format and --container count for the logs that follow', async () => {
    writeFileSync(at('a.log'), '2026-11-24 22:00:00,123 INFO root hello\n');
    writeFileSync(at('b.log'), '2026-11-24 22:00:01,123 INFO root hello\n');
    const { out, code } = await run(
      'import',
      '--store',
      at('store-formats'),
      '--log',
      at('a.log'),
      '--container',
      'web',
      '--format',
      'plain',
      '--log',
      at('b.log'),
    );
    expect(code).toBe(0);
    expect(out).toMatch(/a\.log: python-logging/);
    expect(out).toMatch(/b\.log: plain/);
    const { out: exported } = await run('export', '--store', at('store-formats'), '--format', 'json');
    const containers = (JSON.parse(exported) as { vertices: { container: string | null }[] }).vertices.map(
      (v) => v.container,
    );
    expect(new Set(containers)).toEqual(new Set([null, 'web']));
  });
});

test('a log that begins with NULs, or holds any bytes, is kept as it is', async () => {
  const bytes = Buffer.from(
    '\0\0\0\0after it was cut short\n\x1b[31mred\x1b[0m\r\n\xff\xfe\x00 half',
    'latin1',
  );
  writeFileSync(at('nul.log'), bytes);
  await run('import', '--store', at('store-nul'), '--log', at('nul.log'));
  const { out } = await run('lines', '--store', at('store-nul'));
  expect(out).toMatch(/after it was cut short.*red.* half/s);
});

describe('bad input gets a sentence and a code', () => {
  beforeAll(async () => {
    writeFileSync(at('binary'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]));
    writeFileSync(at('cut.gz'), gzipSync(auditLog().repeat(50)).subarray(0, 300));
    writeFileSync(at('empty.log'), '');
    writeFileSync(at('words.log'), 'no record\nnor this\n');
    writeFileSync(at('utf16.log'), Buffer.from('\ufeffwords\n', 'utf16le'));
    writeFileSync(at('profile.json'), '{"format":"other"}');
    mkdirSync(at('other'));
    writeFileSync(join(at('other'), 'file'), 'x');
    await run('import', '--store', at('good'), '--host', 'h', '--audit', at('audit.log'));
  });

  const audit = (name: string): string[] => ['import', '--store', at('never'), '--audit', at(name)];
  test.each([
    ['no command', [], 2, 'Usage: disprotrack'],
    ['an unknown command', ['frobnicate'], 2, 'unknown command'],
    ['no symptom', ['why', '--store', at('good')], 2, 'symptom'],
    [
      'an empty symptom',
      ['why', '--store', at('good'), ''],
      2,
      'the symptom must not be empty: give a log line',
    ],
    ['a blank symptom', ['trace', '--forward', '--store', at('good'), ' '], 2, 'must not be empty'],
    ['a symptom that is too long', ['why', '--store', at('good'), 'x'.repeat(65_537)], 2, 'more than 65536'],
    [
      'a bound of the other direction',
      ['trace', '--store', at('good'), '--forward', '--before', '2026-01-01T00:00:00Z', 'x'],
      2,
      'cannot be used',
    ],
    ['no store', ['why', 'x'], 2, '--store'],
    ['a time that is none', ['why', '--store', at('good'), '--before', 'noon', 'x'], 2, 'RFC 3339'],
    ['a count that is none', ['why', '--store', at('good'), '--top', '1e9', 'x'], 2, 'whole number'],
    ['no direction', ['trace', '--store', at('good'), 'x'], 2, '--backward or --forward'],
    ['two directions', ['trace', '--store', at('good'), '--backward', '--forward', 'x'], 2, 'cannot be used'],
    ['an unknown form', ['export', '--store', at('good'), '--format', 'xml'], 2, 'graphml'],
    [
      'an unknown log format',
      ['import', '--store', at('never'), '--format', 'x', '--log', at('a')],
      2,
      'apache-error',
    ],
    [
      'a zone that is none',
      ['import', '--store', at('never'), '--zone', 'Mars', '--log', at('a')],
      2,
      'offset',
    ],
    ['nothing to import', ['import', '--store', at('never')], 2, '--audit or --log'],
    ['standard input twice', ['import', '--store', at('never'), '--audit', '-', '--log', '-'], 2, 'once'],
    ['a missing file', audit('none.log'), 3, 'no file'],
    ['a folder', audit('other'), 3, 'is a folder'],
    ['a binary file', audit('binary'), 3, 'is binary'],
    ['a program as a log', ['import', '--store', at('never'), '--log', at('binary')], 3, 'is binary'],
    [
      'an identity file that is none',
      [...audit('audit.log'), '--identity', at('words.log')],
      3,
      'no container sample',
    ],
    [
      'an audit log as an application’s',
      ['import', '--store', at('never'), '--log', at('audit.log.gz')],
      3,
      '--audit',
    ],
    ['UTF-16', ['import', '--store', at('never'), '--log', at('utf16.log')], 3, 'iconv'],
    ['a wrong profile', [...audit('audit.log'), '--profile', at('profile.json')], 3, 'is no LMS-CFG profile'],
    ['a store that is not there', ['why', '--store', at('nowhere'), 'x'], 3, 'nowhere'],
    ['a folder that is no store', ['why', '--store', at('other'), 'x'], 3, 'other'],
    ['a symptom that matches nothing', ['why', '--store', at('good'), '192.0.2.9'], 1, 'nothing matched'],
    ['a trace of nothing', ['trace', '--store', at('good'), '--forward', '192.0.2.9'], 1, 'nothing matched'],
  ])('%s', async (_, argv, code, sentence) => {
    const { code: given, out, err } = await run(...argv);
    expect({ code: given, out }).toEqual({ code, out: '' });
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/^\s+at .*:\d+/m);
    expect(existsSync(at('never'))).toBe(false);
  });

  test.each([
    ['an empty file', 'empty.log', 1, ''],
    ['lines that are no records', 'words.log', 3, 'nothing in the input could be read'],
    ['a file that was cut short', 'cut.gz', 3, 'cut short or damaged'],
  ])('%s', async (_, name, code, sentence) => {
    const { code: given, err } = await run('import', '--store', at(`store-${name}`), '--audit', at(name));
    expect(given).toBe(code);
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/^\s+at .*:\d+/m);
    // What there is of the store can be read.
    expect(
      (await run('export', '--store', at(`store-${name}`), '--format', 'json')).code,
    ).toBeLessThanOrEqual(1);
  });

  test('a file of another kind among good ones is named at the end', async () => {
    const files = ['--audit', at('audit.log'), at('words.log')];
    const { code, err, out } = await run('import', '--store', at('store-one-useless'), ...files);
    expect(code).toBe(3);
    expect(out).toContain('9 records');
    expect(err).toContain(`nothing in ${at('words.log')} could be read; the rest was imported`);
  });

  test('a broken line is said with its place, and does not stop the others', async () => {
    writeFileSync(at('mixed.log'), `broken line\n${auditLog()}`);
    const { code, err, out } = await run('import', '--store', at('store-mixed'), '--audit', at('mixed.log'));
    expect(code).toBe(0);
    expect(err).toContain(`${at('mixed.log')}:1:1: error:`);
    expect(out).toContain('1 error');
    expect(out).toContain('9 records');
  });
});

describe('help', () => {
  test.each([
    'record',
    'agent',
    'import',
    'why',
    'trace',
    'export',
    'serve',
    'token',
    'dead-letters',
    'analyse',
    'doctor',
    'demo',
  ])('%s has an example and the exit codes', async (command) => {
    const { code, out, err } = await run(command, '--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`$ disprotrack ${command} `);
    for (const line of ['0  found', '1  nothing', '2  wrong usage', '3  an input'])
      expect(out).toContain(line);
  });

  test('the version is the package’s', async () => {
    expect(await run('--version')).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });
});

test('serve refuses a file of tokens that is none', async () => {
  const { code, err } = await run('serve', '--store', at('served'), '--tokens', at('no-tokens'));
  expect(code).toBe(3);
  expect(err).toContain('no-tokens is no file of tokens');
});

test('doctor finds this machine fit, and a store that is not there unfit', async () => {
  expect((await run('doctor')).out).toContain('lmdb loads');
  const { code, out } = await run('doctor', '--store', at('nowhere'));
  expect(code).toBe(3);
  expect(out).toContain('1 to mend');
});

test('wrong settings are told one on a line, and nothing of them acts on the terminal', async () => {
  writeFileSync(at('agent.env'), `nonsense\nDISPROTRACK_AGENT_SOURCE=a\u001b[31mb\nWRONG=1\n`);
  const { code, out, err } = await run('agent', '--config', at('agent.env'));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  const lines = err.split('\n');
  expect(lines[0]).toBe('disprotrack: the configuration is wrong:');
  expect(lines[1]).toBe(`  line 1 of ${at('agent.env')} is no NAME=value`);
  expect(lines[2]).toBe(`  WRONG in ${at('agent.env')} is no setting`);
  expect(lines[3]).toMatch(/^ {2}DISPROTRACK_AGENT_SOURCE=a\\x1b\[31mb: /);
  expect(lines[4]).toBe('  DISPROTRACK_AGENT_INGEST must be set');
});

test('a file that is no settings at all does not fill the screen', async () => {
  writeFileSync(at('other.txt'), 'some text\n'.repeat(10_000));
  const { code, err } = await run('agent', '--config', at('other.txt'));
  expect(code).toBe(2);
  expect(err.split('\n')).toHaveLength(53);
  expect(err).toMatch(/and 9951 more\n$/);
});
