/**
 * LMS-CFG profiles by program, with a matcher for each, made once: files that were named, and folders that hold one for
 * each build. A log says which program ran, never which build, so that several builds of one leave it open. It must not
 * know the fold.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { LmsCfg } from '../core/lms/lms-cfg.ts';
import { createMatcher, type Matcher } from '../core/lms/matcher.ts';
import { InputError } from './input-stream.ts';

export interface Profile extends Matcher {
  readonly cfg: LmsCfg;
}

export interface ProfilePlaces {
  readonly files: readonly string[];
  /** Folders of profiles. */
  readonly registries: readonly string[];
}

const registry_files_max = 10_000;

/** A file that was named has its program, whatever a registry holds. Throws InputError as `readProfile` does. */
export async function readProfiles(
  { files, registries }: ProfilePlaces,
  diagnose: (d: Diagnostic) => void,
): Promise<(exe: string) => Profile | undefined> {
  const byProgram = new Map<string, Profile>();
  for (const path of files) {
    const cfg = await readProfile(path);
    byProgram.set(baseName(cfg.program), { cfg, ...createMatcher(cfg) });
  }
  for (const [program, builds] of await registered(registries)) {
    if (byProgram.has(program)) continue;
    const [only, ...others] = builds;
    if (others.length > 0) diagnose(severalBuilds(program, builds));
    else byProgram.set(program, { cfg: only!.cfg, ...createMatcher(only!.cfg) });
  }
  return (exe) => byProgram.get(baseName(exe));
}

interface Build {
  readonly path: string;
  readonly cfg: LmsCfg;
}

async function registered(folders: readonly string[]): Promise<Map<string, Build[]>> {
  const byProgram = new Map<string, Build[]>();
  for (const folder of folders) {
    for (const name of await profileNames(folder)) {
      const path = join(folder, name);
      const cfg = await readProfile(path);
      const builds = byProgram.get(baseName(cfg.program));
      if (builds === undefined) byProgram.set(baseName(cfg.program), [{ path, cfg }]);
      else builds.push({ path, cfg });
    }
  }
  return byProgram;
}

async function profileNames(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const message = code === 'ENOENT' ? `no folder ${folder}` : `${folder} can't be read (${code})`;
    throw new InputError(code === 'ENOENT' ? 'missing' : 'unreadable', message, { cause });
  }
  const profiles = names.filter((name) => name.endsWith('.json')).sort();
  if (profiles.length <= registry_files_max) return profiles;
  throw new InputError('profile', `${folder} holds more than ${registry_files_max} profiles`);
}

function severalBuilds(program: string, builds: readonly Build[]): Diagnostic {
  const paths = builds.map(({ path }) => path).join(', ');
  const message = `The registry has ${builds.length} builds of ${program} (${paths}), and a log does not say which ran: none is used. Name it with --profile.`;
  return { severity: 'warning', code: 'several-builds', message, file: builds[0]!.path, line: 0, column: 0 };
}

/** Throws InputError naming the file and the place of the first problem. */
export async function readProfile(path: string): Promise<LmsCfg> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const message = missing
      ? `no profile ${path}`
      : `${path} is no LMS-CFG profile: ${(cause as Error).message}`;
    throw new InputError(missing ? 'missing' : 'profile', message, { cause });
  }
  // Only now: its schemas take longer to load than a small import takes, and most have no profile.
  const { LmsCfgProfile, toLmsCfg } = await import('../contract/lms-cfg-profile.ts');
  const parsed = LmsCfgProfile.safeParse(json);
  if (parsed.success) return toLmsCfg(parsed.data);
  const issue = parsed.error.issues[0]!;
  throw new InputError(
    'profile',
    `${path} is no LMS-CFG profile: ${issue.path.join('.') || 'top'}: ${issue.message}`,
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
