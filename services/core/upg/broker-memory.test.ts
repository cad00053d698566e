import { expect, test } from 'vitest';
import { BrokerMemory } from './broker-memory.ts';

/** A broker that is told in lines: `< client bytes` was read, `> client bytes` is written; gives who fits each write. */
function told(lines: readonly string[]): string[] {
  let saved = new Map<string, string>();
  const given: string[] = [];
  const readers = new Map<string, string>();
  for (const [at, line] of lines.entries()) {
    // What is remembered is what was saved.
    const memory = new BrokerMemory(saved);
    const [way, client, bytes] = line.split(' ') as [string, string, string];
    if (way === '<') readers.set(client, `u-${client}-${at}`);
    const actor = readers.get(client)!;
    const message = { actor, connection: client, bytes: Number(bytes), time: BigInt(at + 1) };
    if (way === '<') memory.tookIn('b', message);
    else {
      const { any, fitting } = memory.gaveOut('b', message);
      given.push(`${client}: ${fitting.map(({ actor }) => actor).join(' ') || (any ? 'any' : 'none')}`);
    }
    const changes = new Map<string, string | undefined>();
    memory.drainInto(changes);
    saved = new Map([...saved, ...(changes as Map<string, string>)]);
  }
  return given;
}

test('who waits gets what came since; a subscriber what was just published', () => {
  expect(told(['< c 30', '< p 72', '> c 47', '> p 4'])).toEqual(['c: u-p-1', 'p: any']);
  expect(told(['< c 30', '> c 33', '< p 72', '> c 72', '> p 4', '< q 74', '> c 74'])).toEqual([
    'c: none',
    'c: u-p-2',
    'p: any',
    'c: u-q-5',
  ]);
});

test('what was there before goes out oldest first, each once', () => {
  const lines = [
    '< p 100',
    '< q 100',
    '< r 900',
    '< c 20',
    '> c 75',
    '< c 20',
    '> c 875',
    '< c 20',
    '> c 75',
  ];
  expect(told(lines)).toEqual(['c: u-p-0', 'c: u-r-2', 'c: u-q-1']);
});

test('a difference that recurs is the frame, and tells lengths apart that are near', () => {
  const framed = [500, 700, 900].flatMap((n) => [`< p ${n + 32}`, '< c 20', `> c ${n + 7}`]);
  // Of 40 and of 90 bytes: both differ by 25 from the answer with 90.
  const lines = [...framed, '< a 72', '< z 122', '< c 20', '> c 97'];
  expect(told(lines).at(-1)).toBe('c: u-z-10');
});

test('messages that go out in one write are all of them', () => {
  const lines = ['< c 40', '> c 40', '< p 300', '> c 300', '< q 200', '< r 500', '> c 700'];
  expect(told(lines).at(-1)).toBe('c: u-q-4 u-r-5');
});

test('what is too short for a message fits nothing', () => {
  expect(told(['< p 72', '< c 14', '> c 5'])).toEqual(['c: any']);
  expect(told(['< c 14', '> c 5'])).toEqual(['c: none']);
});
