import { expect, test } from 'vitest';
import { toyProgram } from '../../../test/fixture/toy-program.ts';
import { MicroOps, NO_REGISTER, Op } from '../disasm/micro-op.ts';
import { MachineState } from './machine-state.ts';
import { Transfer } from './transfer.ts';
import { Atom, NOTHING, STALE, UNKNOWN, ValueTable } from './value-table.ts';

const kinds = Object.fromEntries(Object.entries(Atom).map(([name, kind]) => [kind, name]));
const { image, reader, isa, address } = toyProgram('main:\n  r0 = "text"\n  r1 = [state]\n  ret', {
  state: 'main',
});
const text = 0x20000;
const stack = isa.convention.stackPointer;

type Write = (ops: MicroOps) => void;

/** Puts `d = a + x * scale + imm`, or a load or store of that place. */
function memory(
  op: number,
  d: number,
  base: number,
  index: number,
  scale: number,
  imm: number,
  size = 8,
): Write {
  return (ops) => ops.memory(ops.push(op, 0, d, op === Op.index ? base : d), base, index, scale, imm, size);
}

/** What register 0 holds after the operations, entered as any function is. */
function check(writes: readonly Write[], expected: string, loadsApart = true): void {
  const ops = new MicroOps();
  for (const write of writes) write(ops);
  const values = new ValueTable();
  const isImportSlot = (at: number): boolean => image.imports.has(at);
  const transfer = new Transfer(values, isa.convention, ops, { reader, isImportSlot }, loadsApart);
  const state = new MachineState();
  state.enter(values, isa.convention);
  for (let at = 0; at < ops.length; at++) transfer.apply(state, at);
  const value = state.registers[0]!;
  const textOf = (atom: number): string =>
    atom === UNKNOWN ? '?' : `${kinds[values.kind(atom)]} ${values.a(atom)} ${values.b(atom)}`;
  expect(value === STALE || value === NOTHING ? '-' : values.members(value).map(textOf).join(' | ')).toBe(
    expected,
  );
}

const constant =
  (d: number, n: number): Write =>
  (ops) =>
    ops.push(Op.constant, 0, d, NO_REGISTER, n);
const add =
  (d: number, a: number, n: number): Write =>
  (ops) =>
    ops.push(Op.add, 0, d, a, n);
const choose =
  (d: number, a: number): Write =>
  (ops) =>
    ops.push(Op.choose, 0, d, a);
const load = (d: number, base: number, imm: number, size = 8): Write =>
  memory(Op.load, d, base, NO_REGISTER, 1, imm, size);
const store = (a: number, base: number, imm: number): Write => memory(Op.store, a, base, NO_REGISTER, 1, imm);

test('sums keep to what they are sums of', () => {
  check([constant(0, 5), add(0, 0, 3)], 'constant 8 0');
  check([add(0, stack, -16)], 'stack -16 0');
  check([add(0, 1, 24)], 'beyond 4 24');
  check([add(0, 1, 24), add(0, 0, -24)], 'beyond 4 0');
  check([add(0, 1, 24)], '?', false);
  check([add(0, 1, 1 << 20)], '?');
});

test('a choice is either', () => check([constant(0, 5), choose(0, 1)], 'argument 1 0 | constant 5 0'));

test('what was put on the stack comes back, and not what stands beside it', () => {
  check([store(1, stack, -8), load(0, stack, -8)], 'argument 1 0');
  check([store(1, stack, -8), load(0, stack, -16)], '?');
  check([store(1, stack, -8), add(4, stack, -32), load(0, 4, 24)], 'argument 1 0');
  // Through a pointer to who knows where the stack stays as it is.
  check([store(1, stack, -8), store(2, 3, 0), load(0, stack, -8)], 'argument 1 0');
});

test('arguments beyond the registers stand behind the return address', () => {
  check([load(0, stack, 8)], 'argument 4 0');
  check([load(0, stack, 16)], 'argument 5 0');
});

test('a variable that may change is what it holds then; one that can not is what it holds', () => {
  const place = address('state');
  check([constant(4, place), load(0, 4, 0)], `global ${place} 0`);
  check([constant(4, text), load(0, 4, 0, 4)], `constant ${Buffer.from('text').readInt32LE()} 0`);
});

test('a member is known by its distance, and where it is told apart by its load', () => {
  check([load(0, 1, 16)], 'field 16 0', false);
  check([constant(4, 1), load(0, 1, 16)], 'field 16 1');
  check([load(0, 1, 16, 4)], 'field 16 0');
});

test('places in arrays', () => {
  check([constant(4, text), memory(Op.index, 0, 4, 1, 8, 0)], `within ${text} 0`);
  check([constant(4, text), memory(Op.load, 0, 4, 1, 8, 0)], `element ${text} 8`);
  check([constant(4, text), memory(Op.load, 0, 4, 1, 4, 0, 4)], `offset ${text} 4`);
  // The index first, and where the table begins behind it.
  check(
    [constant(4, text), memory(Op.index, 5, NO_REGISTER, 1, 4, 0), memory(Op.load, 0, 5, 4, 1, 0, 4)],
    `offset ${text} 4`,
  );
  check([memory(Op.index, 0, stack, 1, 8, -64)], 'stackWithin 0 0');
  check([memory(Op.index, 0, stack, 1, 1, 64)], 'stackWithin 64 0');
  check([constant(1, 3), memory(Op.index, 0, stack, 1, 8, -64)], 'stack -40 0');
});

test('an entry of a table of offsets and the table are a jump’s target', () =>
  check(
    [constant(4, text), memory(Op.load, 5, 4, 1, 4, 0, 4), memory(Op.index, 0, 4, 5, 1, 0)],
    `target ${text} ${((text * 8 + 4) * 8 + 1) * 2 + 1}`,
  ));

test('a call leaves its result, and what it may have written to the stack', () => {
  const ops = new MicroOps();
  const values = new ValueTable();
  const transfer = new Transfer(values, isa.convention, ops, { reader, isImportSlot: () => false }, true);
  const state = new MachineState();
  state.enter(values, isa.convention);
  state.setSlot(-64, values.constant(1));
  state.setSlot(-56, values.constant(2));
  state.setSlot(8, values.constant(3));
  state.registers[0] = values.atom(Atom.stack, -64);
  const args = new Int32Array(4);
  transfer.args(state, args, false);
  expect(values.kind(args[0]!)).toBe(Atom.stack);
  transfer.afterCall(state, 7, args);
  expect(state.registers[0]).toBe(values.atom(Atom.result, 7));
  expect(state.registers[1]).toBe(STALE);
  expect(values.kind(state.slot(-64)!)).toBe(Atom.resultWithin);
  expect(state.slot(-56)).toBeUndefined();
  expect(state.slot(8)).toBe(values.constant(3));
});

test('a call leaves what lies behind a list of arguments, and what one argument gets behind another', () => {
  const ops = new MicroOps();
  const values = new ValueTable();
  const transfer = new Transfer(values, isa.convention, ops, { reader, isImportSlot: () => false }, true);
  const state = new MachineState();
  state.enter(values, isa.convention);
  // Where arguments are, in a va_list at -64.
  state.setSlot(-56, values.atom(Atom.stack, 16));
  state.setSlot(-48, values.atom(Atom.stack, -200));
  state.setSlot(-40, values.constant(1));
  const [list, pointer] = [values.atom(Atom.stack, -64), values.atom(Atom.stack, -40)];
  transfer.afterCall(state, 7, Int32Array.of(list));
  expect(state.slot(-40)).toBe(values.constant(1));
  expect(state.slot(-48)).toBeUndefined();
  transfer.afterCall(state, 8, Int32Array.of(pointer, list));
  expect(values.kind(state.slot(-40)!)).toBe(Atom.resultWithin);
  expect(values.kind(state.slot(-64)!)).toBe(Atom.resultWithin);
});
