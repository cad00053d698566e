import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyLogProgram, program } from '../../../test/fixture/log-programs.ts';
import { followersOf } from '../../core/lms/lms-cfg.ts';
import { buildLmsCfg } from './build-lms-cfg.ts';
import type { LogProgram } from './log-program.ts';
import { passSummary } from './pass-summary.ts';
import { programTable } from './program-table.ts';

/** `starts; ends with their syscalls`, as text. */
function check(functions: Readonly<Record<string, readonly string[]>>, expected: string, bt = 5): void {
  const { sites, marks } = buildLmsCfg(program(functions), bt);
  const starts = sites.filter((_, id) => marks.starts[id] === 1).map(({ text }) => text);
  const ends = sites.flatMap(({ text }, id) =>
    marks.ends[id] === 1 ? [`${text}(${(marks.endSyscalls.get(id) ?? []).join(' ')})`] : [],
  );
  expect(`${starts.join(' ')}; ${ends.join(' ')}`).toBe(expected);
}

test.each<[string, Record<string, string[]>, string]>([
  [
    'from the first line to the last, whose syscalls go up to the next wait',
    { main: ['Up -> 1', '!accept Hello -> 2', '!read Work !write Bye !close -> 1'] },
    'Hello; Bye(accept close)',
  ],
  [
    'a line before the wait is the first',
    { main: ['-> 1', 'Waiting !accept Hello !close -> 1'] },
    'Waiting; Hello(close)',
  ],
  [
    'lines on a way out of the loop are no last ones',
    { main: ['-> 1', '!accept Hello -> 2 3', 'Done -> 1', 'Fail -> ret'] },
    'Hello; Done(accept)',
  ],
  [
    'the lines and syscalls of what it calls count',
    {
      main: ['-> 1', 'wait() serve() -> 1'],
      wait: ['!epoll_wait -> ret'],
      serve: ['-> 1 2', 'Hello !read Bye end() -> ret', '-> ret'],
      end: ['!shutdown !close -> ret'],
    },
    'Hello; Bye(close epoll_wait shutdown)',
  ],
  [
    'a loop that waits and prints nothing hands on to the caller’s',
    { main: ['-> 1', 'wait() Hello Bye -> 1'], wait: ['-> 1', '!poll -> 1 2', '-> ret'] },
    'Hello; Bye(poll)',
  ],
  [
    'an edge that no outcome of a call leads to closes no loop',
    { main: ['-> 1', '!accept -> 2 3', 'Hello serve() -> 1:1 3:0', '-> ret'], serve: ['-> ret:2'] },
    '; ',
  ],
  [
    'a data loop within a turn is none of its own',
    { main: ['-> 1', '!accept Hello -> 2', '!read Part -> 2 3', 'Bye !close -> 1'] },
    'Hello; Bye(accept close)',
  ],
  [
    'nor where it is in a function that the turn calls',
    { main: ['-> 1', '!accept Hello copy() Bye -> 1'], copy: ['-> 1', '!read Part !write -> 1 2', '-> ret'] },
    'Hello; Bye(accept)',
  ],
  [
    'a loop that waits within a turn is one of its own',
    { main: ['-> 1', '!accept Hello -> 2', '!poll Request !write -> 2 3', 'Bye !close -> 1'] },
    'Hello Request; Request(poll write) Bye(accept close)',
  ],
  [
    'a loop that only receives counts alone',
    { main: ['-> 1', '!read Line -> 1 2', '-> ret'] },
    'Line; Line(read)',
  ],
  [
    'and one that does something else',
    { main: ['-> 1', 'Open !openat !close -> 1 2', '-> ret'] },
    'Open; Open(close openat)',
  ],
  [
    'which is no event loop around one that waits',
    { main: ['-> 1', 'Restart !openat serve() -> 1'], serve: ['-> 1', '!accept Hello -> 1 2', '-> ret'] },
    'Hello; Hello(accept)',
  ],
  [
    'a call that may run one of many functions elects no loop for them',
    {
      main: ['-> 1', 'Module hook() -> 1 2', '-> ret'],
      hook: ['one|two|three|four|five|six() -> ret'],
      one: ['!read -> ret'],
      ...Object.fromEntries(['two', 'three', 'four', 'five', 'six'].map((name) => [name, ['-> ret']])),
    },
    '; ',
  ],
  ['a loop without syscalls is none', { main: ['-> 1', 'Count -> 1 2', '-> ret'] }, '; '],
  ['nor is a wait outside of a loop', { main: ['!accept Hello -> ret'] }, '; '],
  [
    'a child that never comes back is outside of its parent’s loop',
    {
      main: ['-> 1', '!accept Hello !fork -> 2 3', 'child()', 'Parent -> 1'],
      child: ['Child !read -> 1', ''],
    },
    'Hello; Parent(accept)',
  ],
  [
    'where control is not structured there is a loop all the same',
    { main: ['-> 1 2', '!accept Hello -> 2', 'Bye -> 1'] },
    'Hello; Bye(accept)',
  ],
])('%s', (_, functions, expected) => check(functions, expected));

test.each([
  [0, '; '],
  [1, '; '],
  [2, 'Hello; Hello(poll)'],
])('at BT %i a wait two callers below', (bt, expected) => {
  const functions = {
    main: ['-> 1', 'outer() Hello -> 1'],
    outer: ['inner() -> ret'],
    inner: ['-> 1', '!poll -> 1 2', '-> ret'],
  };
  check(functions, expected, bt);
});

test('sites are numbered by place, whatever order they come in', () => {
  const given = program({ main: ['A B C -> ret'] });
  const places = ['12:4', '9:30', '9:4'];
  const sites = given.sites.map((site, index) => ({ ...site, address: places[index]! }));
  const built = buildLmsCfg({ ...given, sites }, 0);
  expect(built.sites.map(({ text }) => text)).toEqual(['C', 'B', 'A']);
  expect(built.graph.links).toEqual([[], [0], [1]]);
});

test('what begins a turn can be followed by what ends it, or is that itself; without loops there are no marks', () => {
  fc.assert(
    fc.property(anyLogProgram({ functions_max: 5, blocks_max: 5, sites: 6 }), fc.nat(3), (given, bt) => {
      fc.pre(hasNoDeadCode(given));
      const { marks, loops, graph } = buildLmsCfg(given, bt);
      const sites = given.sites.map((_, id) => id);
      const starts = sites.filter((id) => marks.starts[id] === 1);
      const ends = sites.filter((id) => marks.ends[id] === 1);
      if (loops.length === 0) expect([...starts, ...ends]).toEqual([]);
      expect([...marks.endSyscalls.keys()].sort()).toEqual(ends);
      for (const end of ends) {
        const before = new Set([end]);
        for (const id of before) {
          for (const other of sites)
            if (followersOf(graph.links, sites.length, other).includes(id)) before.add(other);
        }
        expect(starts.some((start) => before.has(start))).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
});

/** Control can come to the end of every block. */
function hasNoDeadCode(given: LogProgram): boolean {
  const table = programTable(given, new Uint32Array(given.sites.length));
  const { passed } = passSummary(table, () => false);
  return passed.every((events, block) => events === table.eventFirst[block + 1]! - table.eventFirst[block]!);
}
