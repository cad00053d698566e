import { expect, test } from 'vitest';
import { fileSystemOf, SpaceUse } from './space-use.ts';

const file = (inode: number, device = 'fe:00') => `file:h1/${device}/${inode}`;

test('who wrote more than its share is known, however many write a little', () => {
  const use = new SpaceUse(new Map());
  for (let n = 0; n < 2000; n++) {
    use.wrote(file(n), `small ${n}`, 10);
    if (n === 700) for (let i = 0; i < 10; i++) use.wrote(file(9999), 'large', 1000);
    if (n === 900) use.wrote(file(9998), 'half as large', 5000);
  }
  expect(use.fillers('h1/fe:00')).toEqual(['large', 'half as large']);
});

test('file systems are apart, and state goes on where it was saved', () => {
  const use = new SpaceUse(new Map());
  use.wrote(file(1), 'here', 10);
  use.wrote(file(1, '00:2a'), 'there', 10);
  const saved = new Map<string, string | undefined>();
  use.drainInto(saved);
  const again = new SpaceUse(saved as Map<string, string>);
  again.wrote(file(2), 'here', 5);
  expect([again.fillers('h1/fe:00'), again.fillers('h1/00:2a'), again.fillers('h2/fe:00')]).toEqual([
    ['here'],
    ['there'],
    [],
  ]);
});

test('only what is known by its inode says its file system', () => {
  expect(
    ['file:h1/fe:00/77', 'file:h1/fe:00/77+2', 'file:h1/web:/srv/data/77', 'socket:h1/12'].map(fileSystemOf),
  ).toEqual(['h1/fe:00', 'h1/fe:00', undefined, undefined]);
});
