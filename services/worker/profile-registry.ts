/** LMS-CFG profiles, and which of them are those of a process, with one matcher for all of these. It must not know the fold. */
import { readFile } from 'node:fs/promises';
import type { LmsCfg } from '../core/lms/lms-cfg.ts';
import { uniteLmsCfgs } from '../core/lms/lms-cfg-union.ts';
import { createMatcher, type LmsMatch } from '../core/lms/matcher.ts';
import { InputError } from './input-stream.ts';

/** What a process runs, as far as it is known: its program, a library that it has loaded, a source. */
export interface ProcessImage {
  readonly path: string;
  /** Lower-case hex of the GNU build id. */
  readonly buildId?: string | undefined;
}

export interface Profile {
  readonly cfg: LmsCfg;
  match(message: string): LmsMatch[];
}

export class ProfileRegistry {
  readonly #byName = new Map<string, LmsCfg[]>();
  /** Those of shared libraries, which any program may have loaded. */
  readonly #libraries: LmsCfg[] = [];
  readonly #known = new Map<string, Profile | undefined>();
  readonly #refuse: (sentence: string) => void;

  /** `refuse` is told once of each image whose profiles are all of other builds. */
  constructor(cfgs: readonly LmsCfg[], refuse: (sentence: string) => void) {
    this.#refuse = refuse;
    for (const cfg of cfgs) {
      const name = baseName(cfg.program);
      this.#byName.set(name, [...(this.#byName.get(name) ?? []), cfg]);
      if (/\.so(?:\.|$)/.test(name)) this.#libraries.push(cfg);
    }
  }

  /**
   * Of a process that runs `images`, its program first. Undefined where the program has no profile. Where the program
   * alone is known, libraries that have a profile count as loaded.
   */
  of(images: readonly [ProcessImage, ...ProcessImage[]]): Profile | undefined {
    const key = images.map(({ path, buildId }) => `${path}\0${buildId ?? ''}`).join('\0');
    if (!this.#known.has(key)) this.#known.set(key, this.#find(images));
    return this.#known.get(key);
  }

  #find([program, ...others]: readonly [ProcessImage, ...ProcessImage[]]): Profile | undefined {
    const main = this.#cfgOf(program);
    if (main === undefined) return undefined;
    const rest = others.length === 0 ? this.#libraries : others.flatMap((image) => this.#cfgOf(image) ?? []);
    const cfg = uniteLmsCfgs([main, ...rest.filter((each) => each !== main)]);
    const matcher = createMatcher(cfg);
    return { cfg, match: (message) => matcher.match(message) };
  }

  /** The one of its build; where builds are not known, the last one given. */
  #cfgOf({ path, buildId }: ProcessImage): LmsCfg | undefined {
    const cfgs = this.#byName.get(baseName(path));
    if (cfgs === undefined) return undefined;
    const fitting = cfgs.filter(
      (cfg) => cfg.buildId === buildId || cfg.buildId === undefined || buildId === undefined,
    );
    const found = fitting.findLast((cfg) => cfg.buildId === buildId) ?? fitting.at(-1);
    if (found === undefined) {
      const builds = cfgs.map((cfg) => cfg.buildId).join(', ');
      this.#refuse(
        `${path} is of build ${buildId}, its profile of ${builds}: the profile is not used for it`,
      );
    }
    return found;
  }
}

/** Throws InputError naming the file and the place of the first problem. */
export async function readProfiles(paths: readonly string[]): Promise<LmsCfg[]> {
  const cfgs: LmsCfg[] = [];
  for (const path of paths) {
    const cfg = await readProfile(path);
    const [rejected] = createMatcher(cfg).rejected;
    if (rejected !== undefined) {
      throw new InputError(
        'profile',
        `${path} is no LMS-CFG profile: nodes.${rejected.node.id}.regex: ${rejected.reason}`,
        {
          hint: 'a profile of an earlier version is made anew with disprotrack analyse',
        },
      );
    }
    cfgs.push(cfg);
  }
  return cfgs;
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
