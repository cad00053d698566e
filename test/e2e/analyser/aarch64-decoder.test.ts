/**
 * The aarch64 decoder against objdump, over all instructions of a program with its C library: where control goes, which
 * registers are written, and where loads and stores reach. objdump shares nothing with the decoder.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { aarch64 } from '../../../services/analyser/disasm/aarch64-lowering.ts';
import { MicroOps, Op } from '../../../services/analyser/disasm/micro-op.ts';
import { readElf } from '../../../services/analyser/elf/read-elf.ts';
import { ImageReader } from '../../../services/analyser/elf/read-image.ts';
import { run } from './tool/command.ts';
import { installTools } from './tool/install.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-aarch64-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const instructions_min = 50_000;
const source = `
#include <stdio.h>
#include <stdlib.h>
#include <regex.h>
#include <math.h>
int main(int argc, char **argv) {
  regex_t pattern;
  if (regcomp(&pattern, argv[argc - 1], REG_EXTENDED) != 0) return 1;
  qsort(argv, argc, sizeof *argv, (int (*)(const void *, const void *))regexec);
  return printf("%s %f\\n", argv[0], sin(argc)) > 0 ? system(argv[0]) : 2;
}`;

interface Instruction {
  readonly address: number;
  readonly mnemonic: string;
  readonly operands: string;
}

test('objdump says the same of every instruction', async () => {
  await installTools('aarch64-linux-gnu-gcc', 'aarch64-linux-gnu-objdump');
  const [c, program, listing] = ['sweep.c', 'sweep', 'sweep.txt'].map((name) => join(folder, name));
  writeFileSync(c!, source);
  await run('could not build', 'aarch64-linux-gnu-gcc', ['-O2', '-static', '-w', '-o', program!, c!, '-lm']);
  const args = ['-d', '-j', '.text', '--no-show-raw-insn', program!];
  await run('could not disassemble', 'aarch64-linux-gnu-objdump', args, { outputFile: listing! });
  const { image } = readElf(readFileSync(program!));
  const reader = new ImageReader(image!);

  const counts = { instructions: 0, branches: 0, writes: 0, places: 0 };
  const wrong: string[] = [];
  const ops = new MicroOps();
  for (const instruction of instructionsOf(readFileSync(listing!, 'utf8'))) {
    ops.length = 0;
    aarch64.lower(reader.bytesAt(instruction.address, 4)!, instruction.address, ops);
    counts.instructions++;
    for (const [kind, problem] of problemsOf(instruction, ops)) {
      counts[kind]++;
      if (problem === undefined) continue;
      const at = instruction.address.toString(16);
      wrong.push(`${at} ${instruction.mnemonic} ${instruction.operands}: ${problem}`);
    }
  }
  // Of each instruction one.
  const first = new Map(wrong.map((line) => [line.split(' ')[1], line]));
  expect([...first.values()]).toEqual([]);
  expect(counts.instructions).toBeGreaterThan(instructions_min);
  expect(counts.branches).toBeGreaterThan(instructions_min / 10);
  expect(counts.writes).toBeGreaterThan(instructions_min / 3);
  expect(counts.places).toBeGreaterThan(instructions_min / 20);
}, 300_000);

function* instructionsOf(listing: string): Generator<Instruction> {
  for (const line of listing.split('\n')) {
    const match = /^ *([0-9a-f]+):\t(\S+)(?:\t([^/<]*))?/.exec(line);
    // Data among code.
    if (match === null || match[2]!.startsWith('.') || match[2] === 'udf') continue;
    yield { address: Number.parseInt(match[1]!, 16), mnemonic: match[2]!, operands: (match[3] ?? '').trim() };
  }
}

type Judgement = readonly ['branches' | 'writes' | 'places', string | undefined];

function* problemsOf(instruction: Instruction, ops: MicroOps): Generator<Judgement> {
  const branch = branchOf(instruction);
  if (branch !== undefined) {
    const [op, target] = branch;
    const last = ops.length - 1;
    const isSame = ops.op[last] === op && (target === undefined || ops.imm[last] === target);
    yield ['branches', isSame ? undefined : `is ${nameOf(ops.op[last])} to ${ops.imm[last]?.toString(16)}`];
    return;
  }
  const written = Array.from({ length: ops.length }, (_, at) => ops.d[at]!);
  for (const register of writtenBy(instruction)) {
    const isWritten = written.includes(register);
    yield ['writes', isWritten ? undefined : `does not write r${register}`];
  }
  const place = placeOf(instruction);
  if (place === undefined) return;
  const { isLoad, register, base, offset, bytes } = place;
  const wanted = Array.from({ length: ops.length }, (_, at) => at).find(
    (at) => ops.op[at] === (isLoad ? Op.load : Op.store) || (!isLoad && ops.op[at] === Op.storeConstant),
  );
  if (wanted === undefined) yield ['places', 'reaches no place'];
  else {
    const reached = [ops.b[wanted], ops.imm[wanted], ops.size[wanted]];
    const moved = isLoad ? ops.d[wanted] : ops.a[wanted];
    const isRegister = register === 31 || moved === register;
    const isSame = isRegister && String(reached) === String([base, offset, bytes]);
    yield ['places', isSame ? undefined : `reaches ${reached} by r${moved}`];
  }
}

function branchOf({ mnemonic, operands }: Instruction): readonly [number, number | undefined] | undefined {
  const target = Number.parseInt(/([0-9a-f]+)$/.exec(operands)?.[1] ?? '', 16);
  if (mnemonic === 'b') return [Op.jump, target];
  if (mnemonic === 'bl') return [Op.call, target];
  if (/^(b\.|bc\.|cbn?z$|tbn?z$)/.test(mnemonic)) return [Op.jumpIf, target];
  if (mnemonic === 'br') return [Op.jumpRegister, undefined];
  if (mnemonic === 'blr') return [Op.callRegister, undefined];
  if (mnemonic === 'ret' || mnemonic === 'retaa') return [Op.ret, undefined];
  return mnemonic === 'svc' ? [Op.syscall, undefined] : undefined;
}

const writesNothing =
  /^(st(?!l?xr|l?xp|xr)|cmp|cmn|tst|ccm|fcmp|fccmp|nop|hint|prf|msr|d[ms]b|isb|bti|paci|auti|yield|wf|sev|clrex|dc|ic|brk|hlt|at|tlbi|sys|xpaclri|csdb|esb|sb$)/;
/** Store-exclusive writes whether it could; atomic operations give back what was there in the second operand. */
const writesFirst = /^st(l?xr|l?xp)/;
const writesSecond = /^(ldadd|ldclr|ldeor|ldset|swp|ldsmax|ldsmin|ldumax|ldumin)/;

/** General registers, but for the one that is always zero and the stack pointer. */
function writtenBy({ mnemonic, operands }: Instruction): number[] {
  if (writesNothing.test(mnemonic) && !writesFirst.test(mnemonic)) return [];
  const names = operands.split(/,\s*/);
  const count = /^(ldn?p|ldpsw|ldx?a?xp)$/.test(mnemonic) ? 2 : 1;
  const first = writesSecond.test(mnemonic) ? 1 : 0;
  return names.slice(first, first + count).flatMap((name) => {
    const number = /^[xw](\d+)$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

const sizes: Readonly<Record<string, number>> = { b: 1, h: 2, sb: 1, sh: 2, sw: 4 };

/** Of the plain form: a register, a base and a number. */
function placeOf({ mnemonic, operands }: Instruction) {
  const kind = /^(ldr|ldur|str|stur)(b|h|sb|sh|sw)?$/.exec(mnemonic);
  const place = /^([xw])(\d+|zr), \[(x(\d+)|sp)(?:, #(-?\d+|-?0x[0-9a-f]+))?\]$/.exec(operands);
  if (kind === null || place === null) return undefined;
  const [, width, register, , base, offset = '0'] = place;
  return {
    isLoad: mnemonic.startsWith('ld'),
    register: register === 'zr' ? 31 : Number(register),
    base: base === undefined ? 31 : Number(base),
    offset: Number(offset),
    bytes: sizes[kind[2] ?? ''] ?? (width === 'x' ? 8 : 4),
  };
}

function nameOf(op: number | undefined): string {
  return Object.entries(Op).find(([, value]) => value === op)?.[0] ?? 'nothing';
}
