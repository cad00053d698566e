/** What the C library's printf makes of a format is matched by the format's regex, whole. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatRegex } from '../../services/core/lms/format-regex.ts';
import { createLmsCfg } from '../../services/core/lms/lms-cfg.ts';
import { createMatcher } from '../../services/core/lms/matcher.ts';
import { run } from './analyser/tool/command.ts';
import { installTools } from './analyser/tool/install.ts';

const program = fileURLToPath(new URL('../corpus/printf/program.c', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-printf-'));
let rows: readonly (readonly [format: string, text: string])[] = [];

beforeAll(async () => {
  await installTools('gcc');
  const binary = join(folder, 'program');
  await run('could not compile', 'gcc', ['-w', '-o', binary, program]);
  const printed = await run('could not print', binary, []);
  rows = printed
    .split('\x1e')
    .slice(0, -1)
    .map((row) => row.split('\x1f') as [string, string]);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every format matches what was printed, and takes it apart', () => {
  expect(rows.length).toBeGreaterThan(25);
  for (const [text, printed] of rows) {
    const { source, types } = formatRegex(text);
    const node = { id: 0, text, regex: source, function: undefined };
    const marks = { loopStart: false, loopEnd: false, endSyscalls: [] };
    const cfg = createLmsCfg({ program: 'p', buildId: undefined, nodes: [{ ...node, ...marks }] }, []);
    const [match] = createMatcher(cfg).match(printed);
    expect(match, `${text} printed ${printed}`).toMatchObject({ from: 0, to: printed.length });
    expect(match!.variables).toHaveLength(types.length);
  }
});
