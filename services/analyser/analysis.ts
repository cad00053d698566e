/** Inputs to a profile: the front end that accepts them, then the LMS-CFG. It must not know files or threads. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { LmsCfgProfile } from '../contract/lms-cfg-profile.ts';
import type { LogFunctionTable } from '../contract/log-function-table.ts';
import { packedLinks } from '../contract/profile-form.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { analyserVersion } from './analyser-version.ts';
import { AnalysisError } from './analysis-error.ts';
import type { AnalyserInput, FoundProgram, FrontEnd, FrontEndOptions } from './front-end.ts';
import { type BuiltLmsCfg, buildLmsCfg } from './lms-cfg/build-lms-cfg.ts';

export interface Analysed {
  readonly profile: LmsCfgProfile;
  /** Event-handling loops. */
  readonly loops: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** A program's path. */
export interface ProgramNames {
  /** As the user gave it. */
  readonly named: string;
  /** Where its links lead. */
  readonly real: string;
}

/** Throws AnalysisError where the inputs are of no kind, of several, or refused. */
export async function analyseInputs(
  { named, real }: ProgramNames,
  inputs: readonly AnalyserInput[],
  frontEnds: readonly FrontEnd[],
  options: FrontEndOptions,
): Promise<Analysed> {
  const frontEnd = frontEndOf(inputs, frontEnds);
  const { found, diagnostics } = await frontEnd.analyse(inputs, options);
  if (found === undefined) throw refusal(named, diagnostics);
  options.onPhase('building the LMS-CFG');
  const built = buildLmsCfg(found.program, options.bt);
  return {
    profile: profileOf(
      frontEnd.isExecuted ? real : named,
      inputs,
      { ...found, coverage: found.coverage + damageNote(diagnostics) },
      built,
      options,
    ),
    loops: built.loops.length,
    diagnostics,
  };
}

function frontEndOf(inputs: readonly AnalyserInput[], frontEnds: readonly FrontEnd[]): FrontEnd {
  const [first, ...others] = inputs.map((input) => {
    const frontEnd = frontEnds.find((f) => f.accepts(input));
    if (frontEnd !== undefined) return { input, frontEnd };
    const kinds = frontEnds.map((f) => f.name).join(', ');
    throw new AnalysisError('unsupported', `${input.path} is of no kind that can be analysed`, {
      hint: kinds === '' ? undefined : `there are: ${kinds}`,
    });
  });
  if (first === undefined) throw new AnalysisError('missing', 'there is nothing to analyse');
  const other = others.find(({ frontEnd }) => frontEnd !== first.frontEnd);
  if (other === undefined) return first.frontEnd;
  const [a, b] = [first, other].map(({ input, frontEnd }) => `${input.path} (${frontEnd.name})`);
  throw new AnalysisError('unsupported', `${a} and ${b} are not of one program`, {
    hint: 'analyse them one by one',
  });
}

function refusal(name: string, diagnostics: readonly Diagnostic[]): AnalysisError {
  const error = diagnostics.find((d) => d.severity === 'error');
  const at = error?.offset === undefined ? '' : ` at 0x${error.offset.toString(16)}`;
  const reason =
    error === undefined ? 'its front end does not say why' : `${error.message} [${error.code}${at}]`;
  const damage = diagnostics.find((d) => d.severity === 'warning' && d.file === error?.file);
  return new AnalysisError('refused', `${error?.file ?? name} can't be analysed: ${reason}`, {
    hint: damage === undefined ? undefined : `the file is damaged besides: ${damage.message}`,
  });
}

/** For the coverage note: a profile of a damaged file must not look whole. */
function damageNote(diagnostics: readonly Diagnostic[]): string {
  const warnings = diagnostics.filter((d) => d.severity === 'warning');
  const [first] = warnings;
  if (first === undefined) return '';
  return ` ${warnings.length === 1 ? 'A warning' : `Of ${warnings.length} warnings the first`}: ${first.message}`;
}

function profileOf(
  name: string,
  inputs: readonly AnalyserInput[],
  { buildId, arch, counts, unresolved, coverage }: FoundProgram,
  { sites, graph, marks }: BuiltLmsCfg,
  { bt, functions }: FrontEndOptions,
): LmsCfgProfile {
  return {
    format: 'disprotrack-lms-cfg',
    version: 2,
    program: basename(name),
    ...(buildId === undefined ? {} : { buildId }),
    sourceHash: hashOf(inputs),
    ...(arch === undefined ? {} : { arch }),
    bt,
    analyser: analyserVersion,
    ...(functions === undefined ? {} : { functionsHash: tableHash(functions) }),
    counts: { ...counts },
    unresolved: { ...unresolved },
    coverage,
    junctions: graph.junctions,
    nodes: sites.map(({ function: within, ...site }, id) => ({
      id,
      ...site,
      ...(within === undefined ? {} : { function: within }),
      loopStart: marks.starts[id] === 1,
      loopEnd: marks.ends[id] === 1,
      endSyscalls: [...(marks.endSyscalls.get(id) ?? [])],
    })),
    links: packedLinks(graph.links),
  };
}

/** Of what it says, not of how it is laid out. */
export function tableHash(table: LogFunctionTable): string {
  return createHash('sha256').update(JSON.stringify(table)).digest('hex');
}

/** Of the contents in order: where they lay does not count. */
export function hashOf(inputs: readonly AnalyserInput[]): string {
  const hash = createHash('sha256');
  for (const { bytes } of inputs) {
    // One file has the hash that sha256sum says.
    if (inputs.length > 1) hash.update(`${bytes.length}\n`);
    hash.update(bytes);
  }
  return hash.digest('hex');
}
