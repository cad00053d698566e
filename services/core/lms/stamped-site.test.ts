import { expect, test } from 'vitest';
import { lettersSaid } from '../unit/lms-walk.ts';
import { createLmsCfg, type LmsNode } from './lms-cfg.ts';
import { uniteLmsCfgs } from './lms-cfg-union.ts';
import { createMatcher } from './matcher.ts';
import { stampedSite } from './stamped-site.ts';

function cfg(buildId: string, nodes: readonly (readonly [address: string, text: string, regex: string])[]) {
  const marks = { function: undefined, loopStart: false, loopEnd: false, endSyscalls: [] };
  const all = nodes.map(([address, text, regex], id): LmsNode => ({ id, address, text, regex, ...marks }));
  return createLmsCfg({ program: buildId, buildId, nodes: all }, []);
}

const program = cfg('aa', [
  ['0x100', '%s%s', '^(.*?)(.*)$'],
  ['0x200', 'read %d bytes', '^read (-?[0-9]+) bytes$'],
  ['0x300', 'read %s', '^read (.*)$'],
  ['0x400', '%s', '^(.*)$'],
  ['0x500', 'on', '^on$'],
  ['0x500', 'off', '^off$'],
  ['12:5', 'of a source', '^of a source$'],
]);

/** `frames`: addresses in the build aa, or another one where it is named. */
function check(message: string, frames: readonly (number | [string, number])[], of = program): string {
  const places = frames.map((frame) => {
    const [build, address] = typeof frame === 'number' ? ['aa', frame] : frame;
    return { build, path: '/bin/a', address } as { build: string; path: string; address: number };
  });
  const matcher = createMatcher(of);
  const site = stampedSite(of, places, (text, nodes) => matcher.matchOf(text, nodes), message, lettersSaid);
  if (site === undefined) return 'nothing';
  const texts = site.candidates.map(({ node }) => node.text).join(' or ');
  return `${site.place.address.toString(16)} ${texts}${site.disagrees ? ', but not by its text' : ''}`;
}

test('of several statements that fit, the one that called', () => {
  expect(check('read 7 bytes', [0x10, 0x200, 0x900])).toBe('200 read %d bytes');
  expect(check('read 7 bytes', [0x10, 0x300, 0x900])).toBe('300 read %s');
  expect(check('read 7 bytes', [0x10, 0x400])).toBe('400 %s');
});

test('a log function that prints what it is given is not meant, but its caller', () => {
  expect(check('read 7 bytes', [0x100, 0x200])).toBe('200 read %d bytes');
  expect(check('read 7 bytes', [0x100, 0x400])).toBe('400 %s');
  expect(check('read 7 bytes', [0x100])).toBe('100 %s%s');
});

test('what a logger puts around a statement does not hide it, also where another one says more', () => {
  expect(check('debug: read 7 bytes', [0x100, 0x200])).toBe('200 read %d bytes');
  expect(check('debug: read 7 bytes (net)', [0x100, 0x200])).toBe('200 read %d bytes');
  expect(check('read 7 bytes, then off', [0x100, 0x500])).toBe('500 off');
});

test('of a call that prints one of several texts, the one that fits', () => {
  expect(check('off', [0x500])).toBe('500 off');
});

test('a line that its call does not print is said to be none of it', () => {
  expect(check('accepted password for root', [0x200])).toBe('200 read %d bytes, but not by its text');
  expect(check('maybe', [0x10, 0x500])).toBe('500 on or off, but not by its text');
});

test('nothing of places that are no statements, of another build, or of none', () => {
  expect(check('read 7 bytes', [])).toBe('nothing');
  expect(check('read 7 bytes', [0x201, 0x1ff])).toBe('nothing');
  expect(check('read 7 bytes', [['bb', 0x200]])).toBe('nothing');
  expect(check('read 7 bytes', [['', 0x200]])).toBe('nothing');
  expect(check('of a source', [12])).toBe('nothing');
});

test('of a library’s call what the library prints', () => {
  const library = cfg('bb', [['0x200', 'read %d of it', '^read (-?[0-9]+) of it$']]);
  const both = uniteLmsCfgs([program, library]);
  expect(check('read 7 of it', [['bb', 0x200], 0x300], both)).toBe('200 read %d of it');
  expect(check('read 7 bytes', [['bb', 0x300], 0x200], both)).toBe('200 read %d bytes');
});
