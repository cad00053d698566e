import { expect, test } from 'vitest';
import { buildId, sampleElf } from '../../../test/fixture/sample-elf.ts';
import { analyseInputs } from '../analysis.ts';
import type { FrontEndOptions } from '../front-end.ts';
import { elfFrontEnd } from './front-end.ts';

const phases: string[] = [];
const options: FrontEndOptions = { bt: 5, functions: undefined, onPhase: (phase) => phases.push(phase) };

function analyse(...files: readonly Uint8Array[]) {
  const inputs = files.map((bytes, i) => ({ path: i === 0 ? '/bin/sample' : `/lib/l${i}.so`, bytes }));
  const names = { named: '/bin/sample', real: '/bin/sample' };
  return analyseInputs(names, inputs, [elfFrontEnd], options);
}

/** Refused with that, and with no profile. */
async function checkRefused(bytes: Uint8Array, message: RegExp): Promise<void> {
  await expect(analyse(bytes)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringMatching(message),
  });
}

test('takes what begins as an ELF file does, and knows its build', () => {
  const bytes = sampleElf();
  expect(elfFrontEnd.accepts({ path: 'sample', bytes })).toBe(true);
  expect(elfFrontEnd.accepts({ path: 'sample.elf', bytes: Buffer.from('#!/bin/sh') })).toBe(false);
  expect(elfFrontEnd.buildId!({ path: 'sample', bytes })).toBe(buildId);
});

test.each(['x86-64', 'aarch64'] as const)(
  'a %s program gives the same profile each time',
  async (architecture) => {
    const { profile, diagnostics } = await analyse(sampleElf({ architecture }));
    expect(diagnostics).toEqual([]);
    expect(profile).toMatchObject({ program: 'sample', buildId, arch: architecture, bt: 5 });
    expect(profile.coverage).not.toMatch(/warning/);
    expect((await analyse(sampleElf({ architecture }))).profile).toEqual(profile);
    expect(phases).toContain('following pointers in sample');
  },
);

test('the counts of a program and its library are of both', async () => {
  const alone = (await analyse(sampleElf())).profile;
  const both = (await analyse(sampleElf(), sampleElf({ kind: 'library' }))).profile;
  expect(both.counts!.functions).toBe(2 * alone.counts!.functions);
  expect(both).toMatchObject({ program: 'sample', buildId });
  expect(both.sourceHash).not.toBe(alone.sourceHash);
});

test('what can’t be read is refused with its place, and never half a profile', async () => {
  await checkRefused(
    sampleElf().subarray(0, 50),
    /sample can't be analysed: .*truncated.* \[elf-truncated at 0x32\]/,
  );
  const foreign = sampleElf();
  foreign[18] = 243;
  await checkRefused(foreign, /RISC-V.* \[elf-unsupported at 0x12\]/);
});

test('a profile of a damaged file says that something is missing', async () => {
  const damaged = sampleElf({ sections: true });
  // Where the section headers lie.
  new DataView(damaged.buffer, damaged.byteOffset).setBigUint64(0x28, 0x7fff_0000n, true);
  const { profile, diagnostics } = await analyse(damaged);
  const [first] = diagnostics.filter(({ severity }) => severity === 'warning');
  expect(profile.coverage).toContain(first!.message);
});
