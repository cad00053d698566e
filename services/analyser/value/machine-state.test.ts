import { expect, test } from 'vitest';
import { MachineState } from './machine-state.ts';
import { NOTHING, UNKNOWN, ValueTable } from './value-table.ts';

const offsets = [8, 16];

function check(state: MachineState, expected: readonly (number | undefined)[]): void {
  expect(offsets.map((offset) => state.slot(offset))).toEqual(expected);
}

test('a copy and what it was copied from go their own ways', () => {
  const state = new MachineState();
  state.setSlot(8, 5);
  const [copy, second] = [new MachineState(), new MachineState()];
  copy.become(state);
  second.become(copy);
  copy.setSlot(8, 6);
  state.setSlot(16, 7);
  second.forgetSlot(8);
  check(state, [5, 7]);
  check(copy, [6, undefined]);
  check(second, [undefined, undefined]);
});

test('a joined state holds what either held, and only slots that both have', () => {
  const values = new ValueTable();
  const [a, b] = [values.constant(1), values.constant(2)];
  const [state, other] = [new MachineState(), new MachineState()];
  state.registers[0] = a;
  state.setSlot(8, a);
  state.setSlot(16, a);
  other.become(state);
  expect(state.join(other, values, false, false)).toBe(false);
  other.registers[0] = b;
  other.setSlot(8, b);
  other.forgetSlot(16);
  expect(state.join(other, values, false, false)).toBe(true);
  expect(values.members(state.registers[0]!)).toEqual([a, b]);
  check(state, [values.union(a, b), undefined]);
  check(other, [b, undefined]);
  expect(state.registers[1]).toBe(NOTHING);
});

test('what changes again and again is no longer followed', () => {
  const values = new ValueTable();
  const [state, other] = [new MachineState(), new MachineState()];
  state.registers[0] = values.constant(1);
  other.registers[0] = values.constant(2);
  expect(state.join(other, values, false, true)).toBe(true);
  expect(state.registers[0]).toBe(UNKNOWN);
  expect(state.join(other, values, false, true)).toBe(false);
});
