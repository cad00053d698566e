import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { followsByWalking } from '../../../test/fixture/log-program-walk.ts';
import { anyLogProgram, program } from '../../../test/fixture/log-programs.ts';
import { followersOf } from '../../core/lms/lms-cfg.ts';
import { callGraph, printingFunctions } from './call-graph.ts';
import { type LinkGraph, linkGraph } from './link-graph.ts';
import type { LogProgram } from './log-program.ts';
import { passSummary } from './pass-summary.ts';
import { pointGraph } from './point-graph.ts';
import { EventKind, programTable } from './program-table.ts';

function graphOf(given: LogProgram): LinkGraph {
  const table = programTable(
    given,
    Uint32Array.from(given.sites, (_, index) => index),
  );
  const silent = passSummary(table, (kind) => kind === EventKind.log);
  const returning = passSummary(table, () => false);
  return linkGraph(
    pointGraph(table, { printing: printingFunctions(table, callGraph(table)), silent, returning }),
  );
}

function follows(given: LogProgram): string[] {
  const { links } = graphOf(given);
  return given.sites
    .flatMap((_, from) => followersOf(links, given.sites.length, from).map((to) => `${from}>${to}`))
    .sort();
}

/** Edges as text, `A>B`. */
function check(functions: Readonly<Record<string, readonly string[]>>, expected: string): void {
  const given = program(functions);
  const text = (pair: string) =>
    pair
      .split('>')
      .map((site) => given.sites[Number(site)]!.text)
      .join('>');
  expect(follows(given).map(text).sort()).toEqual(expected.split(' ').filter(Boolean).sort());
}

describe('what follows what', () => {
  test.each<[string, Record<string, string[]>, string]>([
    ['in a row', { main: ['A B -> 1', 'C -> ret'] }, 'A>B B>C'],
    ['through a branch', { main: ['A -> 1 2', 'B -> 2', 'C -> ret'] }, 'A>B A>C B>C'],
    ['round a loop', { main: ['A -> 1', 'B -> 1 2', 'C -> ret'] }, 'A>B B>B B>C'],
    ['into a call and out of it', { main: ['A f() C -> ret'], f: ['B -> ret'] }, 'A>B B>C'],
    ['past a call that prints nothing', { main: ['A f() C -> ret'], f: ['!read -> ret'] }, 'A>C'],
    [
      'past a call that may print',
      { main: ['A f() C -> ret'], f: ['-> 1 2', 'B -> 2', '-> ret'] },
      'A>B A>C B>C',
    ],
    ['not past a call that never returns', { main: ['A f() C -> ret'], f: ['-> 0'] }, ''],
    ['not past a call that prints and never returns', { main: ['A f() C -> ret'], f: ['B'] }, 'A>B'],
    [
      'back to the caller that called, where no line was printed inside',
      { main: ['-> 1 2', 'A f() B -> ret', 'C f() D -> ret'], f: ['-> ret'] },
      'A>B C>D',
    ],
    [
      'to every caller, from a line inside',
      { main: ['-> 1 2', 'A f() B -> ret', 'C f() D -> ret'], f: ['X -> ret'] },
      'A>X C>X X>B X>D',
    ],
    [
      'through a recursion',
      { main: ['A f() C -> ret'], f: ['-> 1 2', 'f() B -> ret', '-> ret'] },
      'A>B B>B B>C A>C',
    ],
    [
      'to each of several targets',
      { main: ['A f|g() C -> ret'], f: ['B -> ret'], g: ['-> ret'] },
      'A>B A>C B>C',
    ],
    ['from and to each of several lines', { main: ['A/B C/D -> ret'] }, 'A>C A>D B>C B>D'],
    [
      'after a call by what it gave back, and on to the caller’s caller',
      {
        main: ['open() -> 1:0 2:1', 'Opened -> ret', 'Failed -> ret'],
        open: ['try() -> 1:0 2:1', 'Done -> ret', '-> ret:1'],
        try: ['A -> 1 2', 'B -> ret:1', 'C -> ret'],
      },
      'A>B A>C B>Failed C>Done Done>Opened',
    ],
    [
      'past a call by what it gives back without a line',
      { main: ['A f() -> 1:0 2:1', 'B -> ret', 'C -> ret'], f: ['-> 1 2', 'X -> ret', '-> ret:1'] },
      'A>C A>X X>B',
    ],
    ['not along dead ends', { main: ['A -> 1 2', '-> 1', 'B -> ret'] }, 'A>B'],
  ])('%s', (_, functions, expected) => check(functions, expected));

  test('the proof of concept of the paper has its ten edges', () => {
    check(
      {
        main: ['Begin -> 1 2', 'Function record() -> 3', 'Macro Nothing -> 3', 'Finish -> ret'],
        record: ['-> 1 2', 'NoOpen -> 4', 'Line -> 3 4', 'NoWrite -> 4', '-> ret'],
      },
      'Begin>Function Begin>Macro Function>NoOpen Function>Line NoOpen>Finish Line>NoWrite Line>Finish NoWrite>Finish Macro>Nothing Nothing>Finish',
    );
  });

  test('equals a walk with a call stack, for programs of any shape', () => {
    fc.assert(
      fc.property(anyLogProgram({ functions_max: 3, blocks_max: 3, sites: 4 }), (given) => {
        fc.pre(calls(given) <= 5);
        expect(follows(given)).toEqual(followsByWalking(given));
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('size', () => {
  test('links are linear in events and edges between blocks, whatever follows what', () => {
    fc.assert(
      fc.property(anyLogProgram({ functions_max: 12, blocks_max: 8, sites: 20 }), (given) => {
        const blocks = given.functions.flatMap((f) => f.blocks);
        const events = blocks.flatMap((b) => b.events);
        const parts = events.map((e) =>
          e.kind === 'log' ? e.sites.length : e.kind === 'call' ? e.targets.length : 0,
        );
        const edges = blocks.map((b) => b.successors.length + (b.returns ? 1 : 0));
        const size = [...parts, ...edges].reduce((sum, n) => sum + n, 0);
        const { links } = graphOf(given);
        expect(links.reduce((sum, list) => sum + list.length, 0)).toBeLessThanOrEqual(4 * size);
      }),
      { numRuns: 500 },
    );
  });

  test('a thousand lines before a branch of a thousand lines take two thousand links, not a million', () => {
    const many = (letter: string) => Array.from({ length: 1_000 }, (_, n) => `${letter}${n}`).join('/');
    const given = program({ main: [`${many('a')} -> 1`, `${many('b')} -> ret`] });
    const { links, junctions } = graphOf(given);
    expect(junctions).toBe(1);
    expect(links.flat()).toHaveLength(2_000);
    expect(followersOf(links, 2_000, 0)).toHaveLength(1_000);
  });
});

test('the same program gives the same links', () => {
  fc.assert(
    fc.property(anyLogProgram({ functions_max: 6, blocks_max: 6, sites: 8 }), (given) => {
      expect(graphOf(structuredClone(given))).toEqual(graphOf(given));
    }),
    { numRuns: 200 },
  );
});

test('an index that leads nowhere is refused', () => {
  const wrong = { ...program({ main: ['A -> ret'] }), sites: [] };
  expect(() => graphOf(wrong)).toThrow(RangeError);
});

function calls(given: LogProgram): number {
  return given.functions.flatMap((f) => f.blocks.flatMap((b) => b.events)).filter((e) => e.kind === 'call')
    .length;
}
