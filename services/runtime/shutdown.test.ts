import { expect, test } from 'vitest';
import { Shutdown } from './shutdown.ts';

function shutdown(time_ms_max: number) {
  const notes: string[] = [];
  return { notes, it: new Shutdown({ time_ms_max, onNote: (note) => notes.push(note) }) };
}

test('closes once, last opened first, and goes on after a failure', async () => {
  const { it, notes } = shutdown(1_000);
  const closed: string[] = [];
  it.add('store', async () => closed.push('store'));
  it.add('queue', () => Promise.reject(new Error('broken')));
  it.add('http', async () => closed.push('http'));
  expect(await Promise.all([it.close(), it.close()])).toEqual([false, false]);
  expect(closed).toEqual(['http', 'store']);
  expect(notes).toEqual(['queue did not close']);
});

test('what never closes does not keep the process', async () => {
  const { it, notes } = shutdown(5);
  it.add('http', () => new Promise(() => {}));
  expect(await it.close()).toBe(false);
  expect(notes).toEqual(['not closed within 5 ms']);
});
