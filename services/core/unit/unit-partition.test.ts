import { expect, test } from 'vitest';
import { createLmsCfg, type LmsNode } from '../lms/lms-cfg.ts';
import { UnitPartition } from './unit-partition.ts';

const start = node(0, { loopStart: true });
const middle = node(1, {});
const end = node(2, { loopEnd: true, endSyscalls: ['close'] });
const cfg = createLmsCfg({ program: 'p', buildId: undefined, nodes: [start, middle, end] }, [
  [1, 2],
  [2],
  [0],
]);

test('log lines cut a loop without any connection: start to end, then the end syscall', () => {
  const units = partition();
  const first = units.line('p', cfg, [start], 1n);
  expect(first?.reason).toBe('lms-cfg');
  expect(units.line('p', cfg, [middle], 2n)?.id).toBe(first?.id);
  expect(units.line('p', cfg, [end], 3n)?.id).toBe(first?.id);
  units.syscall('p', 'read', 4n);
  expect(units.current('p', 5n)?.closing).toBeUndefined();
  units.syscall('p', 'close', 6n);
  expect(units.current('p', 7n)?.closing).toBe(6n);
  expect(units.line('p', cfg, [start], 8n)?.id).not.toBe(first?.id);
});

test('an ambiguous line is the successor of the last one', () => {
  const units = partition();
  units.line('p', cfg, [start], 1n);
  expect(units.line('p', cfg, [start, middle], 2n)?.node).toBe(1);
});

test('lines before any start belong to no unit', () => {
  expect(partition().line('p', cfg, [middle], 1n)).toBeUndefined();
});

test('a closed connection keeps what trails it for a second, not longer', () => {
  const units = partition();
  const unit = units.begin('p', 'c1', 'connection', 0n);
  units.close('p', 'c1', 10n);
  expect(units.current('p', 500_000_000n)?.id).toBe(unit.id);
  expect(units.current('p', 2_000_000_000n)).toBeUndefined();
});

test('a unit that ended is found by a time within it', () => {
  const units = partition();
  const first = units.begin('p', 'c1', 'connection', 0n);
  units.close('p', 'c1', 10n);
  const second = units.begin('p', 'c2', 'connection', 20n);
  expect([units.at('p', 5n), units.at('p', 25n), units.at('q', 5n)]).toEqual([
    first.id,
    second.id,
    undefined,
  ]);
});

test('open units are bounded: the one that began first gives way', () => {
  const units = partition();
  const first = units.begin('p', 'c0', 'connection', 0n);
  for (let i = 1; i <= 4_096; i++) units.begin('p', `c${i}`, 'connection', BigInt(i));
  expect(units.ofConnection('p', 'c0')).toBeUndefined();
  expect(units.ofConnection('p', 'c1')).toBeDefined();
  expect(units.at('p', 0n)).toBe(first.id);
});

function partition(): UnitPartition {
  return new UnitPartition(new Map(), (process, ordinal) => `${process}#${ordinal}`);
}

function node(id: number, fields: Partial<LmsNode>): LmsNode {
  return {
    id,
    text: `line ${id}`,
    regex: `^line ${id}$`,
    function: undefined,
    loopStart: false,
    loopEnd: false,
    endSyscalls: [],
    ...fields,
  };
}
