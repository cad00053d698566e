/** Units of an imported recording, as the command prints them: through files, fold and store. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onFile, onTcp, RecordScript } from '../../../test/fixture/record-script.ts';
import { runCommand } from '../../../test/fixture/run-command.ts';
import { UnitAnswer } from '../../contract/units.ts';
import { writeFileHeader } from '../../core/record/file-header.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-units-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: string[]) => runCommand(argv, async () => {});

/** A server of two threads, each with a connection that is kept alive, and a line for each request. */
function server(): RecordScript {
  const s = new RecordScript();
  const connection = (n: number) => onTcp(50 + n, '10.0.0.2:80', `10.0.0.1:${4000 + n}`);
  for (const n of [1, 2]) {
    s.call(10, 'accept4', { args: [3], result: 4 + n, ...connection(n), u32: { tid: 10 + n } });
  }
  for (const request of [1, 2]) {
    for (const n of [1, 2]) {
      const u32 = { tid: 10 + n };
      for (let i = 0; i < 3; i++) s.call(10, 'read', { args: [4 + n], result: 9, ...connection(n), u32 });
      s.call(10, 'write', { args: [4 + n], result: 9, ...connection(n), u32 });
      s.log(10, `served request ${request} of connection=${n}\n`, { ...onFile('/var/log/s.log'), u32 });
    }
  }
  return s;
}

beforeAll(async () => {
  const script = server();
  const header = writeFileHeader({
    arch: 0xc000003e,
    source: 'ebpf',
    real_ns: script.time,
    monotonic_ns: 0n,
    bootId: 'b',
    host: 'node1',
  });
  writeFileSync(at('server.dpt'), Buffer.concat([header, script.bytes]));
  expect((await run('import', '--store', at('store'), '--recording', at('server.dpt'))).code).toBe(0);
});

async function units(...options: string[]): Promise<UnitAnswer[]> {
  const { code, out } = await run('units', '--store', at('store'), '--json', ...options);
  expect(code).toBe(0);
  return (JSON.parse(out) as unknown[]).map((each) => UnitAnswer.parse(each));
}

test('one unit for each request, with its calls and its line, in order of time', async () => {
  const all = await units();
  expect(all.map(({ reason, thread }) => [reason, thread])).toEqual([
    ['connection', 11],
    ['connection', 12],
    ['request', 11],
    ['request', 12],
  ]);
  const shown = all[2]!.entries.map(({ kind, text, template, syscall, object, count }) => {
    return kind === 'app' ? [text, template] : [syscall, object, count];
  });
  expect(shown).toEqual([
    ['read', '10.0.0.1:4001 → 10.0.0.2:80', 3],
    ['write', '10.0.0.1:4001 ← 10.0.0.2:80', 1],
    ['served request 2 of connection=1', 'served request <num> of connection=<num>'],
    ['write', '/var/log/s.log', 1],
  ]);
  for (const { start, end, entries } of all) {
    expect(start <= entries[0]!.time && end === entries.at(-1)!.last).toBe(true);
  }
});

test('of one process or program alone', async () => {
  const [first] = await units();
  const all = await units();
  expect(await units('--process', first!.process!)).toEqual(all);
  expect(await units('--process', '10')).toEqual(all);
  expect(await units('--exe', '/bin/p10')).toEqual(all);
  expect(await units('--exe', 'p10')).toEqual(all);
});

test('people read them with the time since each began', async () => {
  const { out } = await run('units', '--store', at('store'));
  expect(out).toMatch(/^p10 \(process 10\)$/m);
  expect(out).toMatch(/^● p10 unit 3 {2}\S+ {2}\+\d+\.\d+ ms {2}request, confidence 0\.97, thread 11$/m);
  expect(out).toMatch(/^ +\+0\.000 ms {2}read ← 10\.0\.0\.1:4001 → 10\.0\.0\.2:80 \(3 times\)$/m);
  expect(out).toMatch(/“served request 2 of connection=1”/);
});

test.each([
  [['--process', '77'], 1, 'no process is 77'],
  [['--exe', '/bin/false'], 1, 'no process is /bin/false'],
  [['--exe', 'x', '--process', '1'], 2, 'cannot be used with'],
])('%s: says that there is nothing, or what is wrong', async (options, code, said) => {
  const ended = await run('units', '--store', at('store'), ...options);
  expect(ended.code).toBe(code);
  expect(ended.err).toContain(said);
  if (code === 1) expect((await run('units', '--store', at('store'), '--json', ...options)).out).toBe('[]\n');
});

test('a store that is not there is an input that could not be used', async () => {
  expect((await run('units', '--store', at('nowhere'))).code).toBe(3);
});
