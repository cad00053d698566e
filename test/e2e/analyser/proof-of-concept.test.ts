/**
 * The paper's proof of concept, in every variant: exactly its log message strings, exactly its edges; where the C
 * library is linked in, at least these.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { build, staticStripped, variants } from '../../corpus/proof-of-concept/build.ts';
import { analyse } from './tool/analyse.ts';

interface Expected {
  readonly nodes: readonly string[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

const expectedFile = new URL('../../corpus/proof-of-concept/expected.json', import.meta.url);
const expected = JSON.parse(readFileSync(expectedFile, 'utf8')) as Expected;
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-poc-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.for(variants)('$name', async (variant) => {
  const { nodes, edges } = await analyse(await build(variant, folder), { edges: true });
  // By text: a compiler may print one text at two places, or two texts at one.
  const texts = new Map(nodes.map((node) => [node.id, node.text]));
  const printed = sorted([...texts.values()]);
  const found = sorted(edges!.map(([from, to]) => `${texts.get(from)} → ${texts.get(to)}`));
  const wanted = sorted(expected.edges.map(({ from, to }) => `${from} → ${to}`));
  if (variant.name.includes('static')) {
    // The C library is part of the program then, with its own lines and its calls through pointers.
    expect(printed).toEqual(expect.arrayContaining(sorted(expected.nodes)));
    expect(found).toEqual(expect.arrayContaining(wanted));
  } else {
    expect(printed).toEqual(sorted(expected.nodes));
    expect(found).toEqual(wanted);
  }
});

test(`${staticStripped.name} is refused, with the reason`, async () => {
  const file = await build(staticStripped, folder);
  await expect(analyse(file)).rejects.toThrow(/static/i);
});

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
