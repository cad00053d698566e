import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onFile, onTcp, RecordScript } from '../../test/fixture/record-script.ts';
import { writeFileHeader } from '../core/record/file-header.ts';
import { runProgram } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-program-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(...argv: string[]): Promise<Run> {
  return runUntil(async () => {}, ...argv);
}

async function runUntil(untilStopped: () => Promise<void>, ...argv: string[]): Promise<Run> {
  let out = '';
  let err = '';
  const code = await runProgram(argv, {
    version: '1.2.3',
    untilStopped,
    terminal: {
      async print(text) {
        out += text;
      },
      note(text) {
        err += text;
      },
      noteIsTty: false,
      colour: false,
    },
  });
  return { code, out, err };
}

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
});

describe('from a log to its answer', () => {
  test.each(['audit.log', 'audit.log.gz', 'audit.log.zst'])('%s is imported and asked', async (name) => {
    const store = at(`store-${name}`);
    const imported = await run('import', '--store', store, '--host', 'h', '--audit', at(name));
    expect(imported).toMatchObject({ code: 0, err: '' });
    expect(imported.out).toContain('9 records in 3 events');

    const why = await run('why', '--store', store, '203.0.113.66:4444');
    expect(why.code).toBe(0);
    expect(why.out).toContain('/etc/secret');

    const json = await run('why', '--store', store, '--json', '203.0.113.66:4444');
    expect(Object.keys(JSON.parse(json.out) as object).sort()).toEqual([
      'elapsedMs',
      'gaps',
      'graph',
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

describe('recordings', () => {
  const script = new RecordScript()
    .call(10, 'openat', { args: [-100, 0, 0], result: 3, ...onFile('/etc/secret') })
    .call(10, 'connect', { args: [4], ...onTcp(50, '10.0.0.1:4000', '203.0.113.66:4444') })
    .log(10, 'gave away 7 secrets\n', onFile('/var/log/thief.log'))
    .lose(3)
    .counters(0, 3);
  const header = writeFileHeader({
    arch: 0xc000003e,
    source: 'ebpf',
    real_ns: script.time,
    monotonic_ns: 0n,
    bootId: 'b',
    host: 'node1',
  });

  test('are asked themselves, compressed or not, and leave nothing behind', async () => {
    writeFileSync(at('plain.dpt'), Buffer.concat([header, script.bytes]));
    writeFileSync(at('packed.dpt'), zstdCompressSync(Buffer.concat([header, script.bytes])));
    for (const name of ['plain.dpt', 'packed.dpt']) {
      const { code, out, err } = await run('why', '--recording', at(name), '203.0.113.66:4444');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('/etc/secret');
    }
    const { out } = await run('why', '--recording', at('plain.dpt'), 'gave away 7 secrets');
    expect(out).toContain('/etc/secret');
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('disprotrack-recording-'))).toEqual([]);
  });

  test('are imported under the host that they name, and a repeat changes nothing', async () => {
    const argv = ['import', '--store', at('store-recording'), '--recording', at('plain.dpt')];
    const first = await run(...argv);
    expect(first.out).toContain('4 records in 3 events, 1 log line');
    expect(first.out).toContain('3 records, which answers show as gaps');
    const graph = (await run('export', '--store', at('store-recording'), '--format', 'json')).out;
    expect(graph).toContain('"host":"node1"');
    await run(...argv);
    expect((await run('export', '--store', at('store-recording'), '--format', 'json')).out).toBe(graph);
  });

  test('that are torn, of another version or none at all are said, with their place', async () => {
    const newer = Buffer.from(script.records[0]!);
    newer.writeUInt16LE(2, 4);
    const torn = script.records[0]!.subarray(0, 100);
    writeFileSync(at('bad.dpt'), Buffer.concat([header, newer, torn, script.bytes]));
    const { code, err } = await run('import', '--store', at('store-bad'), '--recording', at('bad.dpt'));
    expect(code).toBe(0);
    const behind = 128 + newer.length;
    expect(err).toContain(`100 bytes from byte ${behind} to ${behind + 100} are no whole record`);
    expect(err).toContain('records of version 2 from byte 128 on; this reads version 1');
    const none = await run('why', '--recording', at('words.log'), 'anything');
    expect(none).toMatchObject({ code: 3, out: '' });
    expect(none.err).toContain('is no recording');
    writeFileSync(at('newer.dpt'), Buffer.concat([header, newer]));
    const refused = await run('why', '--recording', at('newer.dpt'), 'anything');
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.err).toContain('records of version 2');
    expect(refused.err).not.toContain('nothing matched');
    const both = await run('why', '--recording', at('plain.dpt'), '--store', at('store'), 'anything');
    expect(both).toMatchObject({ code: 2, err: expect.stringContaining('not both') });
    expect((await run('why', 'anything')).code).toBe(2);
  });

  test('that show a symptom only after --before say so', async () => {
    for (const symptom of ['203.0.113.66:4444', 'gave away 7 secrets']) {
      const argv = ['why', '--recording', at('plain.dpt'), symptom, '--before'];
      const early = await run(...argv, '2001-01-01T00:00:00Z');
      expect(early).toMatchObject({ code: 1, out: '' });
      expect(early.err).toMatch(/seen as .*, but not before the time that was asked for/);
      expect(early.err).not.toMatch(/nothing matched|shorter form/);
      expect((await run(...argv, '2100-01-01T00:00:00Z')).code).toBe(0);
    }
    const never = await run(
      'why',
      '--recording',
      at('plain.dpt'),
      '--before',
      '2001-01-01T00:00:00Z',
      '/x/y',
    );
    expect(never).toMatchObject({ code: 1, err: expect.stringContaining('nothing matched') });
  });

  test.each([zstdCompressSync, gzipSync])('that are cut are read up to the cut', async (compress) => {
    const steps = new RecordScript();
    for (let i = 0; i < 3_000; i++) {
      steps.call(10, 'openat', {
        args: [-100, 0, i],
        result: 3,
        ...onFile(`/data/${i}-${(i * 7919) % 977}`),
      });
    }
    const whole = compress(Buffer.concat([header, steps.bytes]));
    writeFileSync(at('whole.dpt'), whole);
    const cuts = [];
    for (const part of [3, 2, 1.2]) {
      writeFileSync(at('cut.dpt'), whole.subarray(0, Math.floor(whole.length / part)));
      const { code, out, err } = await run('why', '--recording', at('cut.dpt'), '/data/0-0');
      expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('/data/0-0') });
      const [, records] = /the answer is from the ([\d,]+) records before that/.exec(err)!;
      cuts.push(Number(records!.replaceAll(',', '')) / (3_000 / part));
      expect(err).not.toContain('no whole record');
    }
    writeFileSync(at('stub.dpt'), compress(header).subarray(0, -3));
    const stub = await run('why', '--recording', at('stub.dpt'), '/data/0-0');
    expect(stub).toMatchObject({ code: 3, out: '' });
    expect(stub.err).not.toMatch(/is kept|nothing matched/);
    for (const share of cuts) expect(share).toBeGreaterThan(0.5);
    const store = at(`store-cut-${compress.name}`);
    const argv = ['import', '--store', store, '--recording'];
    const imported = await run(...argv, at('cut.dpt'));
    expect(imported).toMatchObject({
      code: 3,
      err: expect.stringContaining('what came before the damage is kept'),
    });
    expect((await run('export', '--store', store, '--format', 'json')).out).toContain('/data/0-0');
    expect((await run(...argv, at('whole.dpt'))).code).toBe(0);
    expect((await run('export', '--store', store, '--format', 'json')).out).toContain('/data/2999-');
  });

  test('can not be made without the helper, or for a time and a command at once', async () => {
    const argv = ['record', '--source', 'ebpf', '--out', at('made.dpt')];
    const missing = await run(...argv, '--helper', at('no-helper'));
    expect(missing.code).toBe(3);
    expect(missing.err).toContain('no program that can be run');
    expect((await run(...argv, '--for', '5s', '--', 'true')).code).toBe(2);
    expect((await run(...argv, '--for', 'soon')).code).toBe(2);
    expect((await run('record', '--source', 'magic', '--out', at('made.dpt'))).code).toBe(2);
    expect(existsSync(at('made.dpt'))).toBe(false);
    const relative = await run(...argv, '--helper', '/bin/true', '--prefix', 'log/app');
    expect(relative).toMatchObject({ code: 2, out: '' });
    expect(relative.err).toContain('--prefix log/app is no absolute path');
  });

  test('replace what stood under their name only when they hold records', async () => {
    const out = at('kept.dpt');
    const helper = (name: string, ...lines: string[]): string => {
      writeFileSync(at(name), `#!/bin/sh\n${lines.join('\n')}\n`, { mode: 0o755 });
      return at(name);
    };
    writeFileSync(at('told.bin'), script.bytes);
    writeFileSync(at('no-program'), 'words');
    const follows = helper('follows', `cat ${at('told.bin')}`, 'exec sleep 60');
    const record = (file: string, ...words: string[]): Promise<Run> =>
      runUntil(
        () => new Promise(() => {}),
        ...['record', '--source', 'ebpf', '--out', out, '--helper', file, ...words],
      );
    writeFileSync(out, 'older');
    const failures = [
      [await record('/bin/true'), '/bin/true gave no record: it is no disprotrack-capture'],
      [await record(helper('unloaded', 'echo not loaded >&2', 'exit 1')), 'not loaded'],
      [await record(follows, '--', at('nowhere')), `${at('nowhere')} can't be run (ENOENT)`],
      [await record(follows, '--', at('no-program')), `${at('no-program')} can't be run (EACCES)`],
      [await record(follows, '--', `${at('told.bin')}/x`), "told.bin/x can't be run (ENOTDIR)"],
    ] as const;
    for (const [{ code, err }, sentence] of failures) {
      expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining(sentence) });
      expect(readFileSync(out, 'latin1')).toBe('older');
    }

    const failed = await record(follows, '--', 'false');
    expect(failed).toMatchObject({ code: 0, err: expect.stringContaining('false ended with 1') });
    expect(await run('why', '--recording', out, '203.0.113.66:4444')).toMatchObject({ code: 0, err: '' });

    writeFileSync(out, 'older');
    const broken = await record(helper('broken', `cat ${at('told.bin')}`, 'echo torn >&2', 'exit 1'));
    expect(broken).toMatchObject({ code: 3, err: expect.stringContaining('torn') });
    expect(await run('why', '--recording', out, '203.0.113.66:4444')).toMatchObject({ code: 0, err: '' });
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
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
