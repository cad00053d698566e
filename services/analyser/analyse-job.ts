/**
 * The analysis as a job: a program in, its profile in a registry. Run again it does nothing where the registry has the
 * profile of the same files, options and analyser, so that a queue may deliver it as often as it likes. It must not
 * know which queue.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnalyseJob } from '../contract/analyse-job.ts';
import { LmsCfgProfile } from '../contract/lms-cfg-profile.ts';
import { profileFile } from '../contract/profile-file.ts';
import { profileText } from '../contract/profile-form.ts';
import { writeWholeFile } from '../runtime/whole-file.ts';
import { analyserVersion } from './analyser-version.ts';
import { hashOf, tableHash } from './analysis.ts';
import { AnalysisError } from './analysis-error.ts';
import { type AnalyseOptions, type Analysis, analyseFile } from './app.ts';
import type { FrontEnd } from './front-end.ts';
import { readInputs } from './input-files.ts';

export interface JobDone {
  /** Of the profile, in the registry. */
  readonly file: string;
  readonly profile: LmsCfgProfile;
  /** Undefined where the profile was there already. */
  readonly analysis: Analysis | undefined;
}

/** Throws AnalysisError; the registry then is as it was. */
export async function runAnalyseJob(
  job: AnalyseJob,
  options: Pick<AnalyseOptions, 'onPhase' | 'frontEnds'> = {},
): Promise<JobDone> {
  const { paths, bt, functions, timeMsMax, memoryMbMax, registry } = job;
  const wanted = await identityOf(paths, options.frontEnds);
  const file = join(registry, profileFile(wanted));
  const known = await keptProfile(file);
  if (known !== undefined && isSame(known, job, wanted.sourceHash)) {
    return { file, profile: known, analysis: undefined };
  }
  const bounds = { time_ms_max: timeMsMax, memory_mb_max: memoryMbMax };
  const analysis = await analyseFile(paths, { ...options, bt, functions, ...bounds });
  await keep(file, registry, analysis.profile);
  return { file, profile: analysis.profile, analysis };
}

async function identityOf(paths: readonly string[], from: URL | undefined) {
  const module = (from ?? new URL('./front-ends.ts', import.meta.url)).href;
  const { frontEnds } = (await import(module)) as { frontEnds: readonly FrontEnd[] };
  const inputs = readInputs(paths, new Set(frontEnds.flatMap((each) => each.extensions)));
  const [program] = inputs;
  const frontEnd = frontEnds.find((each) => each.accepts(program!));
  return { buildId: frontEnd?.buildId?.(program!), sourceHash: hashOf(inputs) };
}

/** Undefined where there is none that can be used. */
async function keptProfile(file: string): Promise<LmsCfgProfile | undefined> {
  try {
    return LmsCfgProfile.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function isSame(known: LmsCfgProfile, { bt, functions }: AnalyseJob, sourceHash: string): boolean {
  return (
    known.analyser === analyserVersion &&
    known.sourceHash === sourceHash &&
    known.bt === bt &&
    known.functionsHash === (functions === undefined ? undefined : tableHash(functions))
  );
}

async function keep(file: string, registry: string, profile: LmsCfgProfile): Promise<void> {
  try {
    await mkdir(registry, { recursive: true });
    await writeWholeFile(file, profileText(profile));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AnalysisError('registry', `${file} can't be written (${code})`, { cause });
  }
}
