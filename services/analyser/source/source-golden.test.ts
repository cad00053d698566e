/**
 * Golden programs: each file or folder NAME below test/golden/source/LANGUAGE gives NAME.lms.json. UPDATE_GOLDEN=1
 * writes what is given now; read the difference before you commit it.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { analyseSource, type SourceAnalysis, type SourceFile } from './analyse-source.ts';

const folder = fileURLToPath(new URL('../../../test/golden/source/', import.meta.url));

describe.each(readdirSync(folder))('%s', (language) => {
  const names = readdirSync(join(folder, language)).filter((name) => !name.endsWith('.lms.json'));

  test.each(names)('%s', async (name) => {
    const place = join(folder, language, name);
    const given = `${written(await analyseSource(filesOf(place, name)))}\n`;
    const file = `${place.replace(/\.[a-z]+$/, '')}.lms.json`;
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, given);
    expect(given).toBe(readFileSync(file, 'utf8'));
  });
});

/** A folder is a program of several files. */
function filesOf(place: string, name: string): readonly SourceFile[] {
  if (!statSync(place).isDirectory()) return [{ path: name, text: readFileSync(place, 'utf8') }];
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(place, path)).isFile())
    .map((path) => ({ path: `${name}/${path}`, text: readFileSync(join(place, path), 'utf8') }));
}

/** One line for each site, block and entry, so that a difference can be read. */
function written({ program, ...rest }: SourceAnalysis): string {
  const lines = (values: readonly unknown[]) =>
    values.map((value) => `    ${JSON.stringify(value)}`).join(',\n');
  const functions = (program?.functions ?? []).map(
    ({ name, blocks }) => `  {"name": ${JSON.stringify(name)}, "blocks": [\n${lines(blocks)}\n  ]}`,
  );
  return [
    '{',
    `"analysis": ${JSON.stringify(rest, null, 2)},`,
    `"sites": [\n${lines(program?.sites ?? [])}\n],`,
    `"functions": [\n${functions.join(',\n')}\n],`,
    `"entries": ${JSON.stringify(program?.entries ?? null)}`,
    '}',
  ].join('\n');
}
