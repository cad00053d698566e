import { expect, test } from 'vitest';
import { toyProgram } from '../../../test/fixture/toy-program.ts';
import { MicroOps, Op } from '../disasm/micro-op.ts';
import { packTarget, tableBound, tableTargets } from './jump-table.ts';
import { Atom, ValueTable } from './value-table.ts';

const from = 0x10000;
const inFunction = (address: number): boolean => address >= from && address < from + 100;

/** The variable's 8 bytes as a table; targets as bytes from the function's beginning. */
function check(
  bytes: readonly number[],
  form: Partial<Parameters<typeof packTarget>[0]>,
  expected: number[],
) {
  const program = toyProgram('main:\n  r0 = [table]\n  ret');
  const segment = program.image.segments.at(-1)!;
  segment.bytes.set(bytes);
  const values = new ValueTable();
  const packed = packTarget({ base: from, bytes: 1, scale: 1, signed: false, ...form });
  const target = values.atom(Atom.target, program.address('table'), packed);
  const found = tableTargets(program.reader, values, target, 8, inFunction);
  expect(found.map((address) => address - from)).toEqual(expected);
}

test('bytes, scaled, up to the first that leads out of the function', () => {
  check([1, 2, 30, 200, 3], {}, [1, 2, 30]);
  check([1, 2, 30, 3], { scale: 4 }, [4, 8]);
});

test('narrow entries with a sign go back from their base', () => {
  check([0xff, 0xfe, 5, 0x80], { base: from + 10, signed: true }, [9, 8, 15]);
  check([0xfe, 0xff, 4, 0, 0, 0x80], { base: from + 10, bytes: 2, signed: true }, [8, 14]);
  check([0xfe, 0xff], { base: from + 10, bytes: 2 }, []);
});

test('words of 4 bytes always have one', () =>
  check(
    [0xfc, 0xff, 0xff, 0xff, 7, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f],
    { base: from + 10, bytes: 4 },
    [6, 17],
  ));

test('a table of addresses', () => {
  const { reader, address } = toyProgram('main:\n  r0 = [table]\n  ret', { table: 'main' });
  const values = new ValueTable();
  const entry = values.atom(Atom.element, address('table'), 8);
  expect(tableTargets(reader, values, entry, 1, inFunction)).toEqual([from]);
  // Strides other than an address's are no jump table's.
  expect(
    tableTargets(reader, values, values.atom(Atom.element, address('table'), 16), 1, inFunction),
  ).toEqual([]);
});

function boundOf(...ops: readonly (readonly [op: number, imm: number])[]): number {
  const code = new MicroOps();
  for (const [op, imm] of ops) code.push(op, from + code.length, 0, 0, imm);
  return tableBound(code, code.push(Op.jumpRegister, from + code.length), 0);
}

test('as many entries as the check before the jump lets through', () => {
  expect(boundOf([Op.compare, 6], [Op.jumpIf, 0])).toBe(7);
  expect(boundOf([Op.compare, 6], [Op.jumpIf, 0], [Op.copy, 0], [Op.load, 0])).toBe(7);
});

test('without a check that is one, as many as there can be', () => {
  const all = boundOf();
  expect(boundOf([Op.compare, 6])).toBe(all);
  expect(boundOf([Op.compare, 6], [Op.jumpIf, 0], [Op.ret, 0])).toBe(all);
  expect(boundOf([Op.compare, -1], [Op.jumpIf, 0])).toBe(all);
  expect(boundOf([Op.compare, 1e9], [Op.jumpIf, 0])).toBe(all);
});
