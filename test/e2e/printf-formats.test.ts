/** What the C library's printf makes of a format is matched by the format's regex, whole. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatRegex } from '../../services/core/lms/format-regex.ts';
import { createLmsCfg } from '../../services/core/lms/lms-cfg.ts';
import { createMatcher } from '../../services/core/lms/matcher.ts';
import { installTools } from './analyser/tool/install.ts';

const program = fileURLToPath(new URL('../corpus/printf/program.c', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-printf-'));
let rows: readonly (readonly [format: string, text: string])[] = [];

beforeAll(async () => {
  await installTools('gcc');
  execFileSync('gcc', ['-w', '-o', join(folder, 'program'), program]);
  const printed = execFileSync(join(folder, 'program'), { encoding: 'utf8' });
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
