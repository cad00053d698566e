/** What a repository that speaks of itself alone does not hold. */
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readText, repositoryFiles, root } from './source-tree.ts';

const recorded = /^test\/(corpus\/.*\/recordings|golden)\//;
const files = repositoryFiles().filter((file) => !recorded.test(file));

test('the lock file names no host that packages came from', () => {
  const lock = JSON.parse(readText('package-lock.json')!) as {
    packages: Record<string, { resolved?: string; link?: boolean }>;
  };
  const entries = Object.entries(lock.packages);
  expect(entries.length).toBeGreaterThan(10);
  expect(entries.filter(([, entry]) => entry.resolved !== undefined).map(([name]) => name)).toEqual([]);
});

test('no npm configuration is kept', () => {
  expect(files.filter((file) => /(^|\/)\.(npmrc|yarnrc|yarnrc\.yml)$/.test(file))).toEqual([]);
});

test('no file names a package registry', () => {
  const registry = /https?:\/\/[^\s/'"`]*(registry|artifactory|nexus|verdaccio)[^\s/'"`]*/i;
  expect(matching(registry)).toEqual([]);
});

test('no file names the place of this checkout', (context) => {
  const place = resolve(root);
  if (place.startsWith(resolve(tmpdir())))
    context.skip('a path in the temporary folder says nothing about a machine');
  const escaped = place.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  expect(matching(new RegExp(`${escaped}(/|\\b)`))).toEqual([]);
});

function matching(pattern: RegExp): string[] {
  return files.filter((file) => pattern.test(readText(file) ?? ''));
}
