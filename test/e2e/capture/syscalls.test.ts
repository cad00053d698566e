/** Every recorded syscall is really made, and its record says what was done. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCapture, output, recordedSyscalls, skipped } from './capture-build.ts';
import { CaptureRun, kinds } from './capture-run.ts';
import type { CapturedRecord } from './captured-record.ts';
import { type Fact, readFacts, recordsOf, untold } from './syscall-fact.ts';

const programs = fileURLToPath(new URL('./program', import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'disprotrack-cases-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let facts: readonly Fact[] = [];
let records: readonly CapturedRecord[] = [];

async function makeEverySyscall(options: readonly string[]): Promise<void> {
  const work = mkdtempSync(join(folder, 'work-'));
  const program = join(folder, 'cases');
  const sources = readdirSync(programs).filter((name) => name.endsWith('.c'));
  output(
    'gcc',
    '-O1',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-o',
    program,
    ...sources.map((name) => join(programs, name)),
  );
  const capture = await CaptureRun.start('ebpf', '--no-snapshot', ...options);
  const child = spawn(program, [work], { stdio: ['ignore', 'pipe', 'inherit'] });
  const told = await text(child.stdout);
  if (child.exitCode === null) await once(child, 'exit');
  facts = readFacts(told);
  records = recordsOf(facts, await capture.stop());
}

// The programs for kernels before 6.2 read all by calls; they run on any kernel.
const variants = [
  { name: 'fast', options: [] },
  { name: 'portable', options: ['--portable'] },
];

describe.skipIf(skipped !== '').each(variants)(
  `recorded syscalls, $name programs${skipped}`,
  ({ options }) => {
    beforeAll(async () => {
      buildCapture();
      await makeEverySyscall(options);
    }, 600_000);

    test('none of the list is without a case', () => {
      const made = new Set(facts.map((fact) => fact.name));
      const there = [...recordedSyscalls()].flatMap(([name, number]) => (number < 0 ? [] : [name]));
      expect(there.length).toBeGreaterThan(80);
      expect(there.filter((name) => !made.has(name))).toEqual([]);
    });

    test('each has a record that says what was done', () => {
      const wrong = untold(facts, records);
      expect(wrong).toEqual([]);
    });

    test('one process is one identity from fork to exit', () => {
      for (const fork of records.filter((record) => record.kind === kinds.fork)) {
        const own = records.filter((record) => record.tgid === fork.childTgid);
        expect(new Set(own.map((record) => record.startNs)).size, `of ${fork.childTgid}`).toBeLessThanOrEqual(
          1,
        );
        expect(own.at(-1)?.kind).toBe(kinds.exit);
      }
    });

    test('an io_uring marks what its process does from then on', () => {
      const setup = facts.find((fact) => fact.name === 'io_uring_setup')!;
      const later = records.filter(
        (record) => record.tid === setup.tid && record.syscall === facts.at(-1)!.syscall,
      );
      expect(later.map((record) => record.flags & 32)).toEqual(later.map(() => (setup.result >= 0 ? 32 : 0)));
      expect(later.length).toBeGreaterThan(0);
    });
  },
);
