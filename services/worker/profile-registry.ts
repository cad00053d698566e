/**
 * LMS-CFG profiles, and which of them are those of a process, with one matcher for all of these: files that were named,
 * and folders that hold one for each build. It must not know the fold.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { registry_files_max } from '../contract/profile-file.ts';
import { toLmsCfg } from '../contract/profile-form.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { LmsCfg } from '../core/lms/lms-cfg.ts';
import { uniteLmsCfgs } from '../core/lms/lms-cfg-union.ts';
import { createMatcher } from '../core/lms/matcher.ts';
import type { Profile, RunningProgram } from '../core/upg/running-programs.ts';
import { InputError } from './input-stream.ts';

/** What a process runs, as far as it is known: its program, a library that it has loaded, a source. */
export interface ProcessImage {
  readonly path: string;
  /** Lower-case hex of the GNU build id. */
  readonly buildId?: string | undefined;
}

export interface ProfilePlaces {
  readonly files: readonly string[];
  /** Folders of profiles. */
  readonly registries: readonly string[];
}

/** A profile and the file that it was read from. */
export interface FiledProfile {
  readonly path: string;
  readonly cfg: LmsCfg;
}

/** Looked at for a script. */
const arguments_count_max = 16;

export class ProfileRegistry {
  readonly #named: ReadonlyMap<string, readonly FiledProfile[]>;
  readonly #registered: ReadonlyMap<string, readonly FiledProfile[]>;
  /** Those of shared libraries, which any program may have loaded. */
  readonly #libraries: readonly ProcessImage[];
  readonly #known = new Map<string, Profile | undefined>();
  readonly #unchecked = new Set<FiledProfile>();
  readonly #diagnose: (d: Diagnostic) => void;

  /**
   * A file that was named goes before what was registered. `diagnose` is told once of each image that gets none, and of
   * each library whose build nobody compared.
   */
  constructor(
    named: readonly FiledProfile[],
    registered: readonly FiledProfile[],
    diagnose: (d: Diagnostic) => void,
  ) {
    this.#named = byProgram(named);
    this.#registered = byProgram(registered);
    this.#diagnose = diagnose;
    const programs = new Set([...this.#named.keys(), ...this.#registered.keys()]);
    this.#libraries = [...programs].filter((name) => /\.so(?:\.|$)/.test(name)).map((path) => ({ path }));
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

  /** Where its program has no profile, that of the script which its arguments name: it is an interpreter. */
  ofProgram({ exe, argv, buildId }: Pick<RunningProgram, 'exe' | 'argv' | 'buildId'>): Profile | undefined {
    if (this.#has(exe)) return this.of([{ path: exe, buildId }]);
    const script = argv.slice(1, 1 + arguments_count_max).flatMap((word) => this.#scriptOf(word));
    return script.length === 0 ? undefined : this.of([{ path: script[0]! }]);
  }

  #has(path: string): boolean {
    const name = baseName(path);
    return this.#named.has(name) || this.#registered.has(name);
  }

  /** The source itself, or the nearest folder of sources that it stands in. */
  #scriptOf(word: string): string[] {
    if (word.startsWith('-')) return [];
    const folders = word.split('/').slice(0, -1).reverse();
    const name = [baseName(word), ...folders].find((each) => each !== '' && this.#isSource(each));
    return name === undefined ? [] : [name];
  }

  /** A build id says that it is no source. */
  #isSource(name: string): boolean {
    const profiles = [...(this.#named.get(name) ?? []), ...(this.#registered.get(name) ?? [])];
    return profiles.length > 0 && profiles.every(({ cfg }) => cfg.buildId === undefined);
  }

  #find([program, ...others]: readonly [ProcessImage, ...ProcessImage[]]): Profile | undefined {
    const main = this.#filedOf(program);
    if (main === undefined) return undefined;
    const areTold = others.length > 0;
    const rest = (areTold ? others : this.#libraries)
      .flatMap((image) => this.#filedOf(image) ?? [])
      .filter((each) => each !== main);
    if (!areTold) for (const library of rest) this.#tellUnchecked(library);
    const cfg = uniteLmsCfgs([main.cfg, ...rest.map((each) => each.cfg)]);
    const matcher = createMatcher(cfg);
    return {
      cfg,
      match: (message) => matcher.match(message),
      matchOf: (message, nodes) => matcher.matchOf(message, nodes),
    };
  }

  /** Once of a library that counts as loaded, in whatever build. */
  #tellUnchecked(library: FiledProfile): void {
    if (library.cfg.buildId === undefined || this.#unchecked.has(library)) return;
    this.#unchecked.add(library);
    this.#diagnose(uncheckedBuild(library));
  }

  #filedOf(image: ProcessImage): FiledProfile | undefined {
    const name = baseName(image.path);
    const named = this.#named.get(name) ?? [];
    const registered = this.#registered.get(name) ?? [];
    const ofBuild = fitting(named, image);
    if (ofBuild.length > 0) return ofBuild.at(-1)!;
    const builds = fitting(registered, image);
    // Several that were named are an order; several that happen to be there are none.
    if (builds.length === 1) return builds[0]!;
    if (builds.length > 1) this.#diagnose(severalBuilds(name, builds));
    else if (named.length + registered.length > 0) {
      this.#diagnose(otherBuild(image, [...named, ...registered]));
    }
    return undefined;
  }
}

/** Those of the image's build; where one of the two builds is not known, those that may be. */
function fitting(profiles: readonly FiledProfile[], { buildId }: ProcessImage): readonly FiledProfile[] {
  const exact = profiles.filter(({ cfg }) => cfg.buildId !== undefined && cfg.buildId === buildId);
  if (exact.length > 0) return exact;
  return profiles.filter(({ cfg }) => cfg.buildId === undefined || buildId === undefined);
}

/** Which profile a process has, by the path of its program. Throws InputError as `readProfile` does. */
export async function readProfiles(
  { files, registries }: ProfilePlaces,
  diagnose: (d: Diagnostic) => void,
): Promise<(program: RunningProgram) => Profile | undefined> {
  const named: FiledProfile[] = [];
  for (const path of files) named.push({ path, cfg: await readProfile(path) });
  const registered: FiledProfile[] = [];
  for (const folder of registries) {
    const names = await profileNames(folder);
    if (names.length === 0) diagnose(noProfile(folder));
    for (const name of names) {
      const path = join(folder, name);
      registered.push({ path, cfg: await readProfile(path) });
    }
  }
  const registry = new ProfileRegistry(named, registered, diagnose);
  return (program) => registry.ofProgram(program);
}

/** Throws InputError naming the file and the place of the first problem. */
export async function readProfile(path: string): Promise<LmsCfg> {
  const cfg = await readShape(path);
  const [rejected] = createMatcher(cfg).rejected;
  if (rejected === undefined) return cfg;
  throw new InputError(
    'profile',
    `${path} is no LMS-CFG profile: nodes.${rejected.node.id}.regex: ${rejected.reason}`,
    { hint: 'a profile of an earlier version is made anew with disprotrack analyse' },
  );
}

async function readShape(path: string): Promise<LmsCfg> {
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
  const { LmsCfgProfile } = await import('../contract/lms-cfg-profile.ts');
  const parsed = LmsCfgProfile.safeParse(json);
  if (parsed.success) return toLmsCfg(parsed.data);
  const issue = parsed.error.issues[0]!;
  throw new InputError(
    'profile',
    `${path} is no LMS-CFG profile: ${issue.path.join('.') || 'top'}: ${issue.message}`,
  );
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

function byProgram(profiles: readonly FiledProfile[]): Map<string, FiledProfile[]> {
  const programs = new Map<string, FiledProfile[]>();
  for (const profile of profiles) {
    const name = baseName(profile.cfg.program);
    const others = programs.get(name);
    if (others === undefined) programs.set(name, [profile]);
    else others.push(profile);
  }
  return programs;
}

function noProfile(folder: string): Diagnostic {
  const message = `there is no profile in ${folder}; analyse --registry puts some there`;
  return { severity: 'warning', code: 'no-profile', message, file: folder, line: 0, column: 0 };
}

function severalBuilds(program: string, builds: readonly FiledProfile[]): Diagnostic {
  const paths = builds.map(({ path }) => path).join(', ');
  const message = `The registry has ${builds.length} builds of ${program} (${paths}), and nothing says which ran: none is used. Name it with --profile.`;
  return { severity: 'warning', code: 'several-builds', message, file: builds[0]!.path, line: 0, column: 0 };
}

function otherBuild({ path, buildId }: ProcessImage, profiles: readonly FiledProfile[]): Diagnostic {
  const builds = profiles.map(({ cfg }) => cfg.buildId).join(', ');
  const message = `${path} is of build ${buildId}, its profile of ${builds}: the profile is not used for it`;
  return { severity: 'warning', code: 'profile-build', message, file: profiles[0]!.path, line: 0, column: 0 };
}

function uncheckedBuild({ path, cfg }: FiledProfile): Diagnostic {
  const message = `${baseName(cfg.program)} counts as loaded in build ${cfg.buildId} by every program that has a profile: no record says which libraries, and in which builds, a process has loaded`;
  return { severity: 'note', code: 'library-build', message, file: path, line: 0, column: 0 };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
