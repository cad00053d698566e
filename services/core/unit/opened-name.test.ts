import { expect, test } from 'vitest';
import { OpenedNames } from './opened-name.ts';
import type { Unit } from './unit.ts';

const unit = (id: string, start: bigint): Unit => ({ id, start }) as Unit;
const line = (message: string, path?: string, time?: bigint) => ({
  ...{ message, path, log: 'access.log' },
  time: time === undefined ? undefined : { from: time, until: time + 1_000_000_000n },
});
const second = 1_000_000_000n;

/** Also after a restart. */
function restarted(names: OpenedNames): OpenedNames {
  const state = new Map<string, string | undefined>();
  names.drainInto(state);
  return new OpenedNames(
    new Map([...state].flatMap(([key, text]) => (text === undefined ? [] : [[key, text]]))),
  );
}

test('a line is of the unit that opened what it names', () => {
  const names = new OpenedNames(new Map());
  names.opened('p', '/srv/f/a.html', unit('u1', 1n));
  names.opened('p', '/srv/f/b.html', unit('u2', 2n));
  const again = restarted(names);
  expect(again.origin('p', line('x1 GET /f/a.html 200'))).toBe('u1');
  expect(again.origin('p', line('x2 GET /f/b.html 200'))).toBe('u2');
  expect(again.origin('p', line('x3 GET /g/b.html 200'))).toBeUndefined();
  expect(again.origin('q', line('x1 GET /f/a.html 200'))).toBeUndefined();
  again.drop('p');
  expect(restarted(again).origin('p', line('x1 GET /f/a.html 200'))).toBeUndefined();
});

test('of several requests for one file, each has one line, in order, and those of its time only', () => {
  const names = new OpenedNames(new Map());
  for (const n of [1n, 2n, 3n]) names.opened('p', '/srv/index.html', unit(`u${n}`, n * 10n * second));
  const at = (time: bigint) => names.origin('p', line('', '/index.html?q=1', time));
  expect([at(10n * second), at(30n * second), at(20n * second), at(10n * second)]).toEqual([
    ...['u1', 'u3', 'u2', undefined],
  ]);
});

test('what a log gets after it was written to is of later requests', () => {
  const names = new OpenedNames(new Map());
  names.opened('p', '/srv/index.html', unit('u1', 10n * second));
  names.written('p', 'access.log', 20n * second);
  names.opened('p', '/srv/index.html', unit('u2', 21n * second));
  expect(restarted(names).origin('p', line('', '/index.html'))).toBe('u2');
});
