/** LMS-CFG profiles by program, with a matcher for each, made once. It must not know the fold. */
import { readFile } from 'node:fs/promises';
import type { LmsCfg } from '../core/lms/lms-cfg.ts';
import { createMatcher, type Matcher } from '../core/lms/matcher.ts';
import { InputError } from './input-stream.ts';

export interface Profile extends Matcher {
  readonly cfg: LmsCfg;
}

/** Throws InputError as `readProfile` does. */
export async function readProfiles(paths: readonly string[]): Promise<(exe: string) => Profile | undefined> {
  const byProgram = new Map<string, Profile>();
  for (const path of paths) {
    const cfg = await readProfile(path);
    byProgram.set(baseName(cfg.program), { cfg, ...createMatcher(cfg) });
  }
  return (exe) => byProgram.get(baseName(exe));
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
