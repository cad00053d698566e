/**
 * What Go's compiler makes of a program, stripped and not, for both architectures: its texts are found, and in the order
 * in which the program prints them when it is run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goCache } from './debian/package-store.ts';
import { type Analysis, analyse } from './tool/analyse.ts';
import { run } from './tool/command.ts';
import { installTools } from './tool/install.ts';

const source = fileURLToPath(new URL('../../corpus/go-program/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-go-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => installTools('go'), 600_000);

const texts = [
  'all %s good',
  'bye',
  'going on after a failure',
  'order %d accepted by %s',
  'order %d failed: %s',
  'order %d is fine',
  'order %d is odd',
  'order served %s',
  'order written down',
  'serving %d orders',
  '%d orders are too many',
].sort();

async function build(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const file = join(folder, name);
  const settings = {
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=mod',
    GOTOOLCHAIN: 'local',
    GOCACHE: goCache,
  };
  await run('could not build the program', 'go', ['build', ...args, '-o', file, '.'], {
    cwd: source,
    env: { ...settings, ...env },
  });
  return file;
}

function check({ nodes }: Analysis): void {
  // Go's library prints of itself when something in it breaks.
  const own = nodes.filter((node) => node.function?.startsWith('main.'));
  expect([...new Set(own.map(({ text }) => text))].sort()).toEqual(texts);
}

test.for([
  ['as it is', [], {}],
  ['stripped', ['-ldflags=-s -w'], {}],
  ['for aarch64', ['-ldflags=-s -w'], { GOARCH: 'arm64' }],
] as const)('texts of a program built %s', async ([name, args, env]) => {
  check(await analyse(await build(name.replaceAll(' ', '-'), args, env)));
});

test('lines that it prints are in an order that the analysis allows', async () => {
  const file = await build('run', ['-ldflags=-s -w']);
  const { nodes, edges } = await analyse(file, { edges: true });
  const matching = (line: string): number[] => {
    const message = /msg="([^"]*)"/.exec(line)?.[1] ?? line;
    return nodes.filter(({ regex }) => new RegExp(regex, 'u').test(message)).map(({ id }) => id);
  };
  const pairs = new Set(edges!.map(([from, to]) => `${from} ${to}`));
  for (const orders of [0, 1, 3, 4]) {
    const { stderr } = spawnSync(
      file,
      Array.from({ length: orders }, () => 'order'),
      { encoding: 'utf8' },
    );
    const lines = stderr.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(orders);
    expect(lines.filter((line) => matching(line).length === 0)).toEqual([]);
    const unexpected = lines.slice(1).filter((line, i) => {
      const before = matching(lines[i]!);
      return !matching(line).some((to) => before.some((from) => pairs.has(`${from} ${to}`)));
    });
    expect(unexpected).toEqual([]);
  }
});
