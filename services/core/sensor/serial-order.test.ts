import { expect, test } from 'vitest';
import type { SystemEvent } from '../event/event.ts';
import { SerialOrder } from './serial-order.ts';

const event = (serial: number, type = 'SYSCALL') => ({ serial, type }) as SystemEvent;

function given(serials: readonly number[], cut = serials.length): number[] {
  const all: number[] = [];
  const emit = ({ serial }: SystemEvent): void => void all.push(serial);
  const first = new SerialOrder(emit);
  for (const serial of serials.slice(0, cut)) first.add(event(serial));
  const second = new SerialOrder(emit);
  second.restore(first.save());
  for (const serial of serials.slice(cut)) second.add(event(serial));
  second.flush();
  return all;
}

test('what comes a little late is put back, however the input is cut', () => {
  const serials = [5, 6, 9, 7, 8, 12, 10, 11, 20, 14, 13];
  for (let cut = 0; cut <= serials.length; cut++)
    expect(given(serials, cut)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 20]);
});

test('it waits no longer than its bound, and a boot begins anew', () => {
  const far = Array.from({ length: 100 }, (_, i) => 200 + 2 * i);
  expect(given([1, ...far, 3])).toEqual([1, ...far.slice(0, 36), 3, ...far.slice(36)]);
  expect(given([50_000, 50_002, 1, 2, 0xffff_ffff])).toEqual([50_000, 50_002, 0xffff_ffff, 1, 2]);
});

test('messages of the daemon have numbers of its own', () => {
  const all: number[] = [];
  const order = new SerialOrder(({ serial }) => all.push(serial));
  order.add(event(8_000));
  order.add(event(3, 'DAEMON_START'));
  expect(all).toEqual([3]);
});
