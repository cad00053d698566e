import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { onFile, onTcp, RecordScript } from '../../test/fixture/record-script.ts';
import { runCommand } from '../../test/fixture/run-command.ts';
import { writeFileHeader } from '../core/record/file-header.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-recordings-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: string[]) => runCommand(argv, async () => {});

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
    writeFileSync(at('words.log'), 'no records\n');
    const none = await run('why', '--recording', at('words.log'), 'anything');
    expect(none).toMatchObject({ code: 3, out: '' });
    expect(none.err).toContain('is no recording');
    writeFileSync(at('newer.dpt'), Buffer.concat([header, newer]));
    const refused = await run('why', '--recording', at('newer.dpt'), 'anything');
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.err).toContain('records of version 2');
    expect(refused.err).not.toContain('nothing matched');
    const both = await run('why', '--recording', at('plain.dpt'), '--store', at('store'), 'anything');
    expect(both).toMatchObject({ code: 2, err: expect.stringContaining('cannot be used') });
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
    const record = (file: string, ...words: string[]) =>
      runCommand(['record', '--source', 'ebpf', '--out', out, '--helper', file, ...words]);
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
