/**
 * How fast lines find the log message strings that can have printed them, against trying every regex in turn, both in
 * this run and on the same lines. The templates are those of real programs, analysed for it: nginx alone, and as many
 * programs as it takes for 20,000.
 */
import { createLmsCfg, type LmsNode } from '../../services/core/lms/lms-cfg.ts';
import { createMatcher } from '../../services/core/lms/matcher.ts';
import { debianPackage } from '../e2e/analyser/debian/package-store.ts';
import { analyse } from '../e2e/analyser/tool/analyse.ts';
import type { BenchRow } from './bench-row.ts';
import { Random } from './random.ts';

interface Template {
  readonly text: string;
  readonly regex: string;
}

const seed = 1;
const lines_count = 20_000;
const naiveLines_count = 100;
const rounds = 9;
const few = ['nginx:usr/sbin/nginx'];
/** The database has its version in its name: whichever there is. */
const many = [
  ...few,
  'qemu-system-x86:usr/bin/qemu-system-x86_64',
  ...[15, 16, 17, 18].map((version) => `postgresql-${version}:usr/lib/postgresql/${version}/bin/postgres`),
  'exim4-daemon-light:usr/sbin/exim4',
];
const prefix = '2026-11-27 12:00:00.123 UTC [4711] LOG:  ';

/** Rates of one core, in processor time, since others may run on the machine. */
export async function matchBench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [programs, wanted] of [
    [few, 2_000],
    [many, 20_000],
  ] as const) {
    try {
      rows.push(...measured(await templatesOf(programs, wanted)));
    } catch (error) {
      const note = error instanceof Error ? error.message : String(error);
      rows.push({ name: `match, ${wanted} templates`, value: Number.NaN, unit: 'lines/s', note });
    }
  }
  return rows;
}

/** The first `wanted` different ones, of the programs that can be had. */
async function templatesOf(programs: readonly string[], wanted: number): Promise<Template[]> {
  const found = new Map<string, Template>();
  let failure: unknown;
  for (const program of programs) {
    if (found.size >= wanted) break;
    const [name, file] = program.split(':') as [string, string];
    try {
      const { nodes } = await analyse(`${await debianPackage(name)}/${file}`);
      for (const node of nodes) if (node.text !== '') found.set(node.regex, node);
    } catch (error) {
      failure = error;
    }
  }
  if (found.size === 0) throw failure;
  return [...found.values()].slice(0, wanted);
}

function measured(templates: readonly Template[]): BenchRow[] {
  const random = new Random(seed);
  const lines = Array.from({ length: lines_count }, () => printed(random.pick(templates).text, random));
  const nodes = templates.map(({ text, regex }, id): LmsNode => {
    return { id, text, regex, function: undefined, loopStart: false, loopEnd: false, endSyscalls: [] };
  });
  const cfg = createLmsCfg({ program: 'bench', buildId: undefined, nodes }, []);
  let matcher = createMatcher(cfg);
  const made = seconds(() => {
    matcher = createMatcher(cfg);
  });
  const rate = (given: readonly string[]): number =>
    given.length / Math.min(...Array.from({ length: rounds }, () => seconds(() => matchAll(matcher, given))));
  const naive = naiveLines_count / seconds(() => scanAll(nodes, lines.slice(0, naiveLines_count)));
  const plain = rate(lines);
  const name = `match, ${templates.length.toLocaleString('en')} templates`;
  const baseline = `scan of all regexes, ${naive.toFixed(0)} lines/s`;
  const note = `seed ${seed}, ${(lines.join('').length / lines_count).toFixed(0)} characters a line, CPU time`;
  return [
    { name, value: plain, unit: 'lines/s', baseline, ratio: plain / naive, note },
    {
      name: `${name}, behind a logger’s prefix`,
      value: rate(lines.map((line) => prefix + line)),
      unit: 'lines/s',
    },
    { name: `${name}, made ready in`, value: made, unit: 's' },
  ];
}

function matchAll(matcher: ReturnType<typeof createMatcher>, lines: readonly string[]): void {
  let found = 0;
  for (const line of lines) found += matcher.match(line).length;
  if (found < lines.length) throw new Error(`only ${found} matches in ${lines.length} lines`);
}

function scanAll(nodes: readonly LmsNode[], lines: readonly string[]): number {
  const regexes = nodes.map(({ regex }) => new RegExp(regex, 'su'));
  let found = 0;
  for (const line of lines) for (const regex of regexes) if (regex.test(line)) found++;
  return found;
}

const words = [
  'eve',
  '/var/lib/x/y.conf',
  '10.0.0.7:443',
  'relation "foo"',
  '0x7ffe',
  'No such file or directory',
];

/** The first line of what a format can print. */
function printed(format: string, random: Random): string {
  const text = format.replace(/%[-+ #0'\d.*]*(?:[hlzjtuxX]*)([A-Za-z%])/g, (_, letter: string) => {
    if (letter === '%') return '%';
    if ('diuMTPOAD'.includes(letter)) return String(random.below(100_000));
    if ('xXp'.includes(letter)) return random.below(1_000_000).toString(16);
    if ('feg'.includes(letter)) return '1.500';
    return letter === 'c' ? 'q' : random.pick(words);
  });
  return text.split('\n')[0]!;
}

function seconds(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
