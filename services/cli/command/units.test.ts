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

function header(script: RecordScript): Uint8Array {
  const head = { arch: 0xc000003e, source: 'ebpf', bootId: 'b', host: 'node1' } as const;
  return writeFileHeader({ ...head, real_ns: script.time, monotonic_ns: 0n });
}

beforeAll(async () => {
  const script = server();
  writeFileSync(at('server.dpt'), Buffer.concat([header(script), script.bytes]));
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

test('each line says what says which statement it is, and which lines their code does not print', async () => {
  const marks = { loopStart: false, loopEnd: false, endSyscalls: [] };
  const nodes = [
    {
      id: 0,
      address: '0x100',
      text: 'served request %d of connection=%d',
      regex: '^served request (.*) of connection=(.*)$',
    },
    { id: 1, address: '0x200', text: 'served %s', regex: '^served (.*)$' },
    { id: 2, address: '0x300', text: 'started', regex: '^started$' },
  ].map((node) => ({ ...node, ...marks }));
  const profile = {
    format: 'disprotrack-lms-cfg',
    version: 2,
    program: 'p10',
    buildId: 'aa',
    nodes,
    edges: [],
  };
  writeFileSync(at('p10.json'), JSON.stringify(profile));
  const onLog = onFile('/var/log/s.log');
  const s = new RecordScript()
    .object(1, '/lib/libc.so.6', 'cc')
    .object(2, '/bin/p10', 'aa')
    .call(10, 'accept4', { args: [3], result: 5, ...onTcp(51, '10.0.0.2:80', '10.0.0.1:4001') });
  const frames = (address: number) =>
    [
      [1, 0x100],
      [2, address],
      [1, 0x200],
    ] as const;
  s.stack(10, frames(0x100)).log(10, 'served request 1 of connection=1\n', onLog);
  s.stack(10, frames(0x200)).log(10, 'served request 2 of connection=1\n', onLog);
  s.stack(10, frames(0x300)).log(10, 'served request 3 of connection=1\n', onLog);
  s.stack(10, frames(0x400)).log(10, 'served request 4 of connection=1\n', onLog);
  s.log(10, 'started\n', onLog);
  s.stack(10, frames(0x100)).log(10, 'served two\nserved lines\n', onLog);
  writeFileSync(at('stamped.dpt'), Buffer.concat([header(s), s.bytes]));
  const store = at('stamped');
  const imported = await run(
    'import',
    '--store',
    store,
    '--recording',
    at('stamped.dpt'),
    '--profile',
    at('p10.json'),
  );
  expect(imported.code).toBe(0);
  const { out, err } = await run('units', '--store', store, '--json');
  const [unit] = (JSON.parse(out) as unknown[]).map((each) => UnitAnswer.parse(each));
  const lines = unit!.entries.filter(({ kind }) => kind === 'app');
  expect(lines.map(({ by, site, template, disagrees }) => [by, site, template, disagrees])).toEqual([
    ['stamp', '0x100', 'served request %d of connection=%d', false],
    ['stamp', '0x200', 'served %s', false],
    ['stamp', '0x300', 'started', true],
    ['lms-cfg', null, 'served request %d of connection=%d', false],
    ['text', null, 'started', false],
    ['text', null, 'served %s', false],
    ['text', null, 'served %s', false],
  ]);
  expect(err).toContain(
    'of 7 lines the kernel says of 3 which code wrote them; 1 are not what that code prints',
  );
  const { out: text } = await run('units', '--store', store);
  expect(text).toMatch(/“served request 3 of connection=1”, though the code that wrote it prints “started”/);
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
