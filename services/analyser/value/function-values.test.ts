import { expect, test } from 'vitest';
import { toyProgram } from '../../../test/fixture/toy-program.ts';
import { programValues } from './program-values.ts';
import { Atom, NOTHING, STALE, UNKNOWN } from './value-table.ts';

const kinds = Object.fromEntries(Object.entries(Atom).map(([name, kind]) => [kind, name]));

/** `callee(values)` for each call of `main`; texts as they are, atoms by kind and number. */
function check(
  source: string,
  expected: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): void {
  const { image, reader, isa, name } = toyProgram(source, variables);
  const { sites, values } = programValues(image, reader, isa, () => {});
  const atomText = (atom: number): string => {
    if (atom === UNKNOWN) return '?';
    const a = values.a(atom);
    if (values.kind(atom) !== Atom.constant) return `${kinds[values.kind(atom)]} ${name(a) ?? a}`;
    return name(a) ?? reader.cString(a, 64) ?? String(a);
  };
  const valueText = (value: number): string =>
    value === STALE || value === NOTHING ? '-' : values.members(value).map(atomText).sort().join('|');
  const calls = sites[0]!.map((site) => `${site.name ?? '*'}(${site.args.map(valueText).join(', ')})`);
  expect(calls).toEqual(expected);
}

test.each<[string, string, readonly string[]]>([
  [
    'constants, copies and sums',
    'main:\n  r4 = 5\n  r0 = r4\n  r1 = r4 + 3\n  call f\n  ret',
    ['f(5, 8, argument 2, argument 3)'],
  ],
  [
    'what a call gave back',
    'main:\n  call f\n  r1 = r0\n  call g\n  ret',
    ['f(argument 0, argument 1, argument 2, argument 3)', 'g(result 65536, result 65536)'].map((text) =>
      text.replaceAll('65536', '0'),
    ),
  ],
  [
    'what was kept on the stack over a call',
    'main:\n  r0 = "kept"\n  [r15 + -8] = r0\n  call f\n  r0 = [r15 + -8]\n  call g\n  ret',
    ['f(kept, argument 1, argument 2, argument 3)', 'g(kept)'],
  ],
  [
    'either side of a branch',
    'main:\n  r0 = "one"\n  if there\n  r0 = "two"\n there:\n  r1 = 0\n  call f\n  ret',
    ['f(one, 0, argument 2, argument 3)', 'f(two, 0, argument 2, argument 3)'],
  ],
  [
    'a loop that counts comes to an end',
    'main:\n  r4 = 0\n again:\n  r4 = r4 + 1\n  if again\n  r0 = r4\n  call f\n  ret',
    ['f(1|2|3|4|?, argument 1, argument 2, argument 3)'],
  ],
  [
    'a variable and a member',
    'main:\n  r0 = [state]\n  r1 = [r0 + 16]\n  call f\n  ret',
    ['f(global state, field 16, argument 2, argument 3)'],
  ],
])('%s', (_name, source, expected) => check(source, expected));

test('a function reads as many arguments as it takes before it writes them', () => {
  const { image, reader, isa } = toyProgram('main:\n  r2 = 1\n  r4 = r1\n  ret\nother:\n  ret');
  const { functions } = programValues(image, reader, isa, () => {});
  expect(functions.map(({ parameters }) => parameters)).toEqual([2, 0]);
});

test('a tail call gives back what the callee does', () => {
  const { image, reader, isa } = toyProgram('main:\n  jump other\nother:\n  r0 = "given"\n  ret');
  const { functions, values, sites } = programValues(image, reader, isa, () => {});
  expect(sites[0]!.map(({ tail, callee }) => ({ tail, callee }))).toEqual([{ tail: true, callee: 1 }]);
  expect(values.kind(functions[0]!.result)).toBe(Atom.result);
  expect(reader.cString(values.a(functions[1]!.result), 16)).toBe('given');
});
