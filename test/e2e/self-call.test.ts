/** A server that asks itself, on this machine's own kernel: each of the two requests keeps what is its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../fixture/free-port.ts';
import { buildCapture, skipped } from './capture/capture-build.ts';
import { recordRun, why } from './capture/recorded-run.ts';

const server = fileURLToPath(new URL('../fixture/self-call.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-self-call-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  if (skipped === '') buildCapture();
}, 300_000);

test.skipIf(skipped !== '')(
  `over a connection with both ends in one process the asking request stays itself${skipped}`,
  async () => {
    const recording = recordRun(folder, 'self-call', ['python3', server, folder, String(await freePort())]);
    const kindsTo = (file: string): string[] => {
      const { rootCauses } = why(recording, join(folder, file));
      expect(rootCauses[0]!.why).toContain('a program that no request started');
      const { vertex, path } = rootCauses[0]!;
      return [vertex.id, ...path.map(({ to }) => to)].map((id) => id.slice(0, id.indexOf(':')));
    };
    expect(kindsTo('outer')).toEqual(['socket', 'unit', 'file']);
    expect(kindsTo('inner')).toEqual(['socket', 'unit', 'socket', 'unit', 'file']);
  },
  120_000,
);
