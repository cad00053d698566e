/**
 * The rows that the helper makes of .eh_frame say what readelf says of it, function by function; and what is no
 * .eh_frame is refused.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPackages, installTools } from '../analyser/tool/install.ts';
import { buildCapture, helper, output, skipped } from './capture-build.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-unwind-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const programs = [
  '/lib/x86_64-linux-gnu/libc.so.6',
  '/lib/x86_64-linux-gnu/libcrypto.so.3',
  '/lib64/ld-linux-x86-64.so.2',
  '/usr/sbin/nginx',
  '/usr/sbin/sshd',
];
const sources = 'unwind-table elf-object frame-section frame-program frame-expression byte-reader'.split(' ');

interface Row {
  readonly pc: number;
  readonly said: string;
}

function rowsOf(program: string): Row[] {
  return output(helper, 'unwind', program)
    .split('\n')
    .map((line) => ({
      pc: Number.parseInt(line, 16),
      said: line.slice(line.indexOf(' ') + 1),
    }));
}

interface ReadRow {
  readonly pc: number;
  readonly cfa: string;
  readonly rbp: string;
  readonly ra: string;
}

interface ReadFunction {
  readonly pc: number;
  readonly end: number;
  readonly rows: ReadRow[];
}

/** A function that has no rows of its own has its CIE's. */
function readelf(program: string): ReadFunction[] {
  // It also complains of debugging files that are not installed, and fails for that.
  const { stdout: text } = spawnSync('readelf', ['-W', '--debug-dump=frames-interp', program], {
    encoding: 'utf8',
    maxBuffer: 256 << 20,
  });
  const functions: ReadFunction[] = [];
  const cies = new Map<string, ReadRow[]>();
  let columns: string[] = [];
  let rows: ReadRow[] = [];
  for (const line of text.split('\n')) {
    const cie = /^([0-9a-f]+) [0-9a-f]+ 0+ CIE/.exec(line);
    const fde = /FDE cie=([0-9a-f]+) pc=([0-9a-f]+)\.\.([0-9a-f]+)/.exec(line);
    if (cie !== null) {
      rows = [];
      cies.set(cie[1]!.slice(-8), rows);
    } else if (fde !== null) {
      rows = (cies.get(fde[1]!.slice(-8)) ?? []).map((row) => ({ ...row, pc: Number.parseInt(fde[2]!, 16) }));
      functions.push({ pc: Number.parseInt(fde[2]!, 16), end: Number.parseInt(fde[3]!, 16), rows });
    } else if (/^ +LOC/.test(line)) {
      columns = line.trim().split(/ +/);
      rows.length = 0;
    } else if (/^[0-9a-f]{16} /.test(line)) {
      // A register's name stands there twice: `r8 (r8)`.
      const words = line
        .replace(/ \(\w+\)/g, '')
        .trim()
        .split(/ +/);
      const at = (name: string) => words[columns.indexOf(name)] ?? 'u';
      rows.push({ pc: Number.parseInt(words[0]!, 16), cfa: at('CFA'), rbp: at('rbp'), ra: at('ra') });
    }
  }
  return functions;
}

/** What a row has to say where readelf says `row`; several where readelf does not say which. */
function expected({ cfa, rbp, ra }: ReadRow): RegExp {
  if (ra === 'u') return /^end same$/;
  if (cfa === 'exp') return /^(plt|signal|other|\*\(rbp[-+]\d+\)) /;
  if (ra !== 'c-8' || !/^r[sb]p\+\d*[08642]$/.test(cfa)) return /^other same$/;
  const words = Number(/^c-(\d+)$/.exec(rbp)?.[1] ?? Number.NaN) / 8;
  const fp = rbp === 'u' || rbp === 's' ? 'same' : words <= 253 ? rbp : '(lost|at-rbp)';
  return new RegExp(`^${cfa.replace('+', '\\+')} ${fp}$`);
}

function rowAt(rows: readonly Row[], pc: number): Row | undefined {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.pc <= pc) low = middle + 1;
    else high = middle;
  }
  return rows[low - 1];
}

describe.skipIf(skipped !== '')(`rows of .eh_frame${skipped}`, () => {
  beforeAll(async () => {
    buildCapture();
    await installTools('strip', 'gcc');
    const missing = [
      ['/usr/sbin/nginx', 'nginx-light'],
      ['/usr/sbin/sshd', 'openssh-server'],
    ].filter(([program]) => !existsSync(program!));
    if (missing.length > 0) await installPackages(missing.map(([, name]) => name!));
  }, 600_000);

  test.each(programs)('of %s are those that readelf reads', (program) => {
    const rows = rowsOf(program);
    const functions = readelf(program).filter(({ pc, end }) => end > pc);
    const differing: string[] = [];
    const places = new Set<number>();
    let compared = 0;
    for (const { end, rows: read } of functions) {
      places.add(end);
      for (const row of read) {
        places.add(row.pc);
        // A place that is told twice is as it is told last; one at the end says nothing of the function.
        if (row.pc >= end || read.findLast(({ pc }) => pc === row.pc) !== row) continue;
        compared++;
        const said = rowAt(rows, row.pc)?.said ?? 'nothing';
        if (!expected(row).test(said))
          differing.push(`${row.pc.toString(16)}: ${said}, ${JSON.stringify(row)}`);
      }
    }
    expect(differing.slice(0, 20)).toEqual([]);
    expect(compared).toBeGreaterThan(1_000);
    expect(rows.filter(({ pc }) => !places.has(pc))).toEqual([]);
    const begins = new Set(functions.map(({ pc }) => pc));
    const open = functions.filter(({ end }) => !begins.has(end) && rowAt(rows, end)?.said !== 'none same');
    expect(open).toEqual([]);
  });

  test('a file without them is refused, and said why', () => {
    const refused = (path: string) => spawnSync(helper, ['unwind', path], { encoding: 'utf8' });
    const source = join(folder, 'bare.c');
    const bare = join(folder, 'bare');
    execFileSync('sh', ['-c', `echo 'void _start(void) { for (;;); }' >${source}`]);
    output('gcc', '-nostdlib', '-static', '-fno-asynchronous-unwind-tables', '-o', bare, source);
    expect(refused(bare)).toMatchObject({ status: 3, stderr: expect.stringContaining('no .eh_frame') });
    expect(refused('/etc/passwd')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('no program'),
    });
    expect(refused(join(folder, 'none'))).toMatchObject({ status: 3 });
  });

  test('damaged files are taken or refused, and never read beyond', { timeout: 120_000 }, () => {
    const program = join(folder, 'unwind-fuzz');
    const at = (name: string) => fileURLToPath(new URL(`../../../kernel-module/${name}.c`, import.meta.url));
    const files = [at('fuzz/unwind-fuzz'), ...sources.map((name) => at(`capture/${name}`))];
    output(
      'gcc',
      '-O1',
      '-g',
      '-fsanitize=address,undefined',
      '-fno-sanitize-recover=all',
      '-D_GNU_SOURCE',
      '-o',
      program,
      ...files,
    );
    const said = output(program, '/bin/true', '4000', String(Date.now()));
    const [taken, refused] = said.match(/\d+/g)!.map(Number);
    expect(taken).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });
});
