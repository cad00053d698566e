/** What an answer says of what it can't know, of a recording that really lacks it: losses, an io_uring, a cut line. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../fixture/free-port.ts';
import { buildCapture, helper, skipped } from './capture/capture-build.ts';
import { recordRun, why } from './capture/recorded-run.ts';

const program = fileURLToPath(new URL('../fixture/unsure.py', import.meta.url));
const ring_bytes = 256 << 10;
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-loss-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  if (skipped === '') buildCapture();
}, 300_000);

test.skipIf(skipped !== '')(
  `a way over lost records says so and offers others, and each step what its sources missed${skipped}`,
  async () => {
    mkdirSync(join(folder, 'log'));
    writeFileSync(join(folder, 'secret'), 'the secret of this test\n');
    // The same helper, with rings that are too small for what is done.
    const small = join(folder, 'helper');
    writeFileSync(small, `#!/bin/sh\nexec '${helper}' "$@" --ring-bytes ${ring_bytes}\n`, { mode: 0o755 });
    const options = ['--helper', small, '--prefix', join(folder, 'log')];
    const words = ['python3', program, folder, String(await freePort())];
    const answer = why(recordRun(folder, 'loss', words, options), join(folder, 'out'), '--top', '40');
    const kinds = answer.completeness.marks.map(({ kind }) => kind);
    expect(answer.completeness.isWhole).toBe(false);
    expect(kinds).toEqual(expect.arrayContaining(['gap', 'io-uring', 'cut-line']));
    const idOf = (name: string) =>
      answer.graph.vertices.find(({ label }) => label === join(folder, name))!.id;
    // What rested in the file while records were lost may have been something else.
    const rested = answer.rootCauses.find(({ path }) => path.some(({ to }) => to === idOf('middle')))!;
    expect(rested.crossesGap).toBe(true);
    const step = rested.path.find(({ to }) => to === idOf('middle'))!;
    expect(step.marks.map(({ kind }) => kind)).toContain('gap');
    expect(step.marks.find(({ kind }) => kind === 'gap')!.detail).toMatch(
      /[1-9]\d* records of .*lost in the kernel/,
    );
    // The client came after it.
    const [client] = answer.rootCauses;
    expect(client!.crossesGap).toBe(false);
    expect(client!.path.flatMap(({ marks }) => marks.map(({ kind }) => kind))).toEqual(
      expect.arrayContaining(['io-uring', 'cut-line']),
    );
    expect(rested.alternatives.map(({ vertex }) => vertex.id)).toContain(client!.vertex.id);
  },
  120_000,
);
