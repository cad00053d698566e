import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { forbiddenImport } from './import-table.ts';
import { moduleShape } from './module-shape.ts';
import { codeFiles, readText } from './source-tree.ts';

test('imports follow the table', () => {
  const files = codeFiles().filter((file) => file.startsWith('services/'));
  expect(files.length).toBeGreaterThan(10);
  const violations = files.flatMap((file) =>
    moduleShape(readText(file)!).imports.flatMap((specifier) => {
      const why = forbiddenImport(file, specifier);
      return why === undefined ? [] : [`${file}: ${why}`];
    }),
  );
  expect(violations).toEqual([]);
});

describe('a command over a store is loaded without schemas and server', () => {
  test.each(['import', 'why', 'trace', 'export'])('%s', (name) => {
    const packages = loadedWith(`services/cli/command/${name}.ts`);
    expect(packages).toContain('lmdb');
    expect(packages).not.toContain('zod');
    expect(packages).not.toContain('fastify');
  });
});

test.each(['services/cli/command/analyse.ts', 'services/analyser/analysis-thread.ts'])(
  '%s is loaded without schemas',
  (file) => expect(loadedWith(file)).not.toContain('zod'),
);

/** Packages that come with the file and with whatever it loads. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  for (const specifier of moduleShape(readText(file)!).loaded) {
    const found = specifier.startsWith('.') ? join(dirname(file), specifier) : specifier;
    if (seen.has(found)) continue;
    seen.add(found);
    if (specifier.startsWith('.')) loadedWith(found, seen);
  }
  return seen;
}

describe('the table', () => {
  test.each([
    ['services/core/upg/fold.ts', 'zod', 'must not import the package zod'],
    ['services/core/upg/fold.ts', 'node:fs', 'must not import node:fs'],
    ['services/core/upg/fold.ts', '../../store/open-store.ts', 'must not import services/store'],
    ['services/contract/why.ts', '../query/app.ts', 'must not import services/query'],
    ['services/store/open-store.ts', '../worker/import-files.ts', 'must not import services/worker'],
    ['services/worker/fold.ts', '../query/why.ts', 'must not import services/query'],
    ['services/query/why.ts', '../cli/main.ts', 'must not import services/cli'],
    ['services/query/why.ts', '../../test/fixture/graph.ts', 'is for tests'],
    ['services/other/a.ts', './b.ts', 'is not in the table'],
  ])('%s must not import %s', (file, specifier, why) => {
    expect(forbiddenImport(file, specifier)).toContain(why);
  });

  test.each([
    ['services/core/upg/fold.ts', '../graph-store.ts'],
    ['services/core/upg/fold.test.ts', 'node:fs'],
    ['services/contract/why.ts', 'zod'],
    ['services/store/open-store.ts', 'lmdb'],
    ['services/worker/import-files.ts', '../store/open-store.ts'],
    ['services/cli/main.ts', '../query/app.ts'],
    ['services/query/app.ts', '@fastify/swagger'],
  ])('%s may import %s', (file, specifier) => {
    expect(forbiddenImport(file, specifier)).toBeUndefined();
  });
});
