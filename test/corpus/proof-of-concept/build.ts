/** Compiles the proof of concept in every way that a distribution might. It must not know what is expected of it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../e2e/analyser/tool/command.ts';
import { installTools } from '../../e2e/analyser/tool/install.ts';

const source = fileURLToPath(new URL('program.c', import.meta.url));

export interface Variant {
  readonly name: string;
  readonly compiler: 'gcc' | 'clang' | 'aarch64-linux-gnu-gcc';
  readonly flags: readonly string[];
}

const levels = ['-O0', '-O2', '-O3', '-Os'];

const extras: readonly (readonly [compiler: Variant['compiler'], name: string, flags: readonly string[]])[] =
  [
    ['gcc', 'stripped', ['-s']],
    ['gcc', 'no PIE', ['-no-pie', '-fno-pie']],
    ['gcc', 'no PIE, stripped', ['-no-pie', '-fno-pie', '-s']],
    ['gcc', 'thunks', ['-mindirect-branch=thunk', '-mfunction-return=thunk', '-fcf-protection=none', '-s']],
    ['gcc', 'LTO, stripped', ['-flto', '-s']],
    ['gcc', 'CET, stripped', ['-fcf-protection=full', '-s']],
    ['gcc', 'no PLT, stripped', ['-fno-plt', '-s']],
    ['gcc', 'bound now, stripped', ['-Wl,-z,now,-z,relro', '-s']],
    ['gcc', 'fortified, stripped', ['-D_FORTIFY_SOURCE=2', '-fstack-protector-strong', '-s']],
    ['gcc', 'static with symbols', ['-static']],
    ['clang', 'stripped', ['-s']],
    ['clang', 'no PIE, stripped', ['-no-pie', '-fno-pie', '-s']],
    ['clang', 'thunks', ['-mretpoline', '-s']],
    ['clang', 'CET, stripped', ['-fcf-protection=full', '-s']],
    ['clang', 'no PLT, stripped', ['-fno-plt', '-s']],
    ['aarch64-linux-gnu-gcc', 'stripped', ['-s']],
    ['aarch64-linux-gnu-gcc', 'no PIE, stripped', ['-no-pie', '-fno-pie', '-s']],
    ['aarch64-linux-gnu-gcc', 'branch protection, stripped', ['-mbranch-protection=standard', '-s']],
  ];

/** Every level as it comes, and every extra at -O0 and -O2 (fortified needs optimisation). */
export const variants: readonly Variant[] = [
  ...(['gcc', 'clang', 'aarch64-linux-gnu-gcc'] as const).flatMap((compiler) =>
    levels.map((level) => ({ name: `${compiler} ${level}`, compiler, flags: [level] })),
  ),
  ...extras.flatMap(([compiler, name, flags]) =>
    (name.startsWith('fortified') ? ['-O2', '-O3'] : ['-O0', '-O2']).map((level) => ({
      name: `${compiler} ${level}, ${name}`,
      compiler,
      flags: [level, ...flags],
    })),
  ),
];

export const staticStripped: Variant = {
  name: 'gcc -O2, static, stripped',
  compiler: 'gcc',
  flags: ['-O2', '-static', '-s'],
};

/** Gives the program's path in `folder`. */
export async function build(variant: Variant, folder: string): Promise<string> {
  await installTools(variant.compiler);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, variant.name.replaceAll(/[^\w-]+/g, '_'));
  const args = [...variant.flags, '-Wno-unused-result', '-o', file, source];
  await run(`could not build the proof of concept (${variant.name})`, variant.compiler, args);
  return file;
}
