/** Calls and jumps through pointers in compiled programs: what runs is an edge, what only looks alike is none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { analyse } from './tool/analyse.ts';
import { run } from './tool/command.ts';
import { installTools } from './tool/install.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-pointers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What can follow each text. A pointer may also run something silent that nobody found. */
const programs: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  structures: {
    reading: ['read one', 'writing'],
    'read one': ['writing'],
    writing: ['end', 'write one'],
    'write one': ['end'],
    end: [],
  },
  switches: {
    begin: ['five', 'one', 'other %d', 'three', 'two', 'zero'],
    zero: ['answered'],
    one: ['two'],
    two: ['answered'],
    three: ['end'],
    five: ['answered'],
    'other %d': ['answered'],
    answered: ['end'],
    end: [],
  },
  tables: {
    data: ['control', 'drop %s', 'get %s', 'set %s'],
    'get %s': ['control', 'drop %s', 'get %s', 'set %s'],
    control: ['end', 'halt %s', 'start %s', 'stop %s'],
    'start %s': ['end'],
    end: [],
  },
  callbacks: {
    sort: ['compare', 'start'],
    compare: ['compare', 'start'],
    start: ['wait'],
    wait: ['end'],
    work: [],
    end: [],
  },
};

const levels = ['-O0', '-O2'];

test.for(Object.keys(programs).flatMap((name) => levels.map((level) => [name, level] as const)))(
  '%s at %s',
  async ([name, level]) => {
    const source = fileURLToPath(new URL(`../../corpus/pointers/${name}.c`, import.meta.url));
    const file = join(folder, `${name}${level}`);
    await installTools('gcc');
    await run(`could not build ${name}`, 'gcc', [level, '-s', '-pthread', '-o', file, source]);
    const { nodes, edges } = await analyse(file, { edges: true });
    const texts = new Map(nodes.map((node) => [node.id, node.text]));
    for (const [text, expected] of Object.entries(programs[name]!)) {
      const found = edges!.filter(([from]) => texts.get(from) === text).map(([, to]) => texts.get(to)!);
      expect([...new Set(found)].sort(), `after ${text}`).toEqual(expected);
    }
  },
);
