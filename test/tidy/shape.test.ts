import { describe, expect, test } from 'vitest';
import { moduleShape } from './module-shape.ts';
import { codeFiles, isTest, lineCount, readText, repositoryFiles } from './source-tree.ts';

const fileLines_max = 500;
const medianLines_max = 100;
const functionLines_max = 70;

const files = codeFiles();
const sources = files.filter((file) => file.startsWith('services/') && !isTest(file));

test('there is something to look at', () => {
  expect(sources.length).toBeGreaterThan(10);
});

test('no source file is over 500 lines', () => {
  const written = repositoryFiles().filter((file) => /\.(ts|js|sh|py|c|h)$/.test(file));
  const long = written.filter((file) => lineCount(readText(file) ?? '') > fileLines_max);
  expect(long).toEqual([]);
});

test('the median file of services is under 100 lines', () => {
  const counts = sources.map((file) => lineCount(readText(file)!)).sort((a, b) => a - b);
  expect(counts[counts.length >> 1]).toBeLessThanOrEqual(medianLines_max);
});

test('no function is over 70 lines', () => {
  const long = files
    // A suite is a function that holds tests.
    .filter((file) => !isTest(file) && !file.startsWith('test/conformance/'))
    .flatMap((file) =>
      moduleShape(readText(file)!)
        .functions.filter((f) => f.lines > functionLines_max)
        .map((f) => `${file}:${f.line} ${f.name}: ${f.lines} lines`),
    );
  expect(long).toEqual([]);
});

test('names are in kebab-case', () => {
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|fixture|config|d))*\.(ts|js)$/;
  const folder = /^[a-z0-9]+(-[a-z0-9]+)*$/;
  const wrong = files.filter((file) => {
    const parts = file.split('/');
    return !kebab.test(parts.at(-1)!) || !parts.slice(0, -1).every((part) => folder.test(part));
  });
  expect(wrong).toEqual([]);
});

test('no folder is called utils, helpers or common', () => {
  const vague = /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts$|\.js$)/;
  expect(files.filter((file) => vague.test(file))).toEqual([]);
});

test('no barrels, and no default exports but in configuration', () => {
  const wrong = files.flatMap((file) => {
    const shape = moduleShape(readText(file)!);
    const isConfig = /\.config\.ts$/.test(file);
    return [
      ...(shape.isBarrel || /(^|\/)index\.(ts|js)$/.test(file) ? [`${file}: a barrel`] : []),
      ...(shape.hasDefaultExport && !isConfig ? [`${file}: a default export`] : []),
    ];
  });
  expect(wrong).toEqual([]);
});

test('every file of services opens by saying why it exists', () => {
  const silent = sources.filter((file) => (moduleShape(readText(file)!).topComment ?? '') === '');
  expect(silent).toEqual([]);
});

describe('the reading of a module', () => {
  test('sees every way to import', () => {
    const { imports } = moduleShape(
      `import type { A } from 'a';\nimport 'b';\nexport { c } from 'c';\nexport * from 'd';\nconst e = await import('e');\nlet f: import('f').F;`,
    );
    expect([...imports].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test('counts the lines of functions and methods', () => {
    const { functions } = moduleShape(
      '\nfunction one() {\n\n}\nclass A { two(): void {\n\n\n} }\nconst three = () => 1;',
    );
    expect(functions.map(({ name, line, lines }) => [name, line, lines])).toEqual([
      ['one', 2, 3],
      ['two', 5, 4],
      ['three', 9, 1],
    ]);
  });

  test.each([
    [`export { a } from './a.ts';\nexport type { B } from './b.ts';`, true],
    [`export * from './a.ts';\nexport const b = 1;`, true],
    [`export { a } from './a.ts';\nexport const b = 1;`, false],
  ])('tells a barrel: %s', (text, isBarrel) => {
    expect(moduleShape(text).isBarrel).toBe(isBarrel);
  });

  test('takes a comment for the top one only where the file opens with it', () => {
    expect(moduleShape('#!/usr/bin/env node\n/** Why. */\nexport const a = 1;').topComment).toBe('Why.');
    expect(moduleShape('export const a = 1;\n/** Late. */').topComment).toBeUndefined();
  });
});
