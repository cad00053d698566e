/** Profiles that come over HTTP, into a registry: checked as a reader of the registry will, and written whole. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LmsCfgProfile } from '../contract/lms-cfg-profile.ts';
import { profileFile, registry_files_max } from '../contract/profile-file.ts';
import { profileText, toLmsCfg } from '../contract/profile-form.ts';
import { createMatcher } from '../core/lms/matcher.ts';
import { HttpError } from '../runtime/http/http-error.ts';
import { writeWholeFile } from '../runtime/whole-file.ts';

export interface KeptProfile {
  /** False: just this profile was there. */
  readonly isNew: boolean;
  /** Build id, or hash of what was analysed. */
  readonly id: string;
  readonly profile: LmsCfgProfile;
}

/** It names a file. */
const hex = /^[0-9a-f]{2,128}$/;
const problems_max = 20;

/** Throws HttpError 422 with the place of each fault, and 507. */
export async function keepProfile(registry: string, json: unknown): Promise<KeptProfile> {
  const profile = checked(json);
  const id = (profile.buildId ?? profile.sourceHash)!;
  const name = profileFile(profile);
  const file = join(registry, name);
  const text = profileText(profile);
  await mkdir(registry, { recursive: true });
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before === text) return { isNew: false, id, profile };
  if (before === undefined && (await readdir(registry)).length >= registry_files_max)
    throw new HttpError(507, `there are ${registry_files_max} profiles already`);
  await writeWholeFile(file, text);
  return { isNew: true, id, profile };
}

function checked(json: unknown): LmsCfgProfile {
  const parsed = LmsCfgProfile.safeParse(json);
  if (!parsed.success) throw unfit(parsed.error.issues.map(({ path, message }) => [path, message] as const));
  const profile = parsed.data;
  for (const name of ['buildId', 'sourceHash'] as const) {
    if (profile[name] !== undefined && !hex.test(profile[name]))
      throw unfit([[[name], 'must be 2 to 128 digits in hex, in lower case']]);
  }
  if (profile.buildId === undefined && profile.sourceHash === undefined)
    throw unfit([[['buildId'], 'or sourceHash must be there: a profile is kept by it']]);
  const { rejected } = createMatcher(toLmsCfg(profile));
  if (rejected.length > 0)
    throw unfit(rejected.map(({ node, reason }) => [['nodes', node.id, 'regex'], reason] as const));
  return profile;
}

function unfit(issues: readonly (readonly [readonly PropertyKey[], string])[]): HttpError {
  const problems = issues.slice(0, problems_max).map(([path, message]) => ({
    path: `/body/${path.map(String).join('/')}`,
    message,
  }));
  return new HttpError(422, 'the body is no LMS-CFG profile', { problems });
}
