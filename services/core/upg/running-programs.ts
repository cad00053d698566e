/** What processes run, by what an agent told of it, and what is known of a program. It must not know log lines. */
import type { LmsCfg } from '../lms/lms-cfg.ts';
import type { LmsMatch } from '../lms/matcher.ts';
import { StateTable } from '../state-table.ts';
import type { ImageBuild } from './image-build.ts';
import type { Process } from './process-table.ts';

/** What a process runs, as far as it is known. */
export interface RunningProgram {
  readonly host: string;
  readonly container: string | undefined;
  readonly exe: string;
  /** What it was called with, the program's own name first. */
  readonly argv: readonly string[];
  readonly buildId: string | undefined;
}

/** The LMS-CFG of a program and the nodes that a message may come from; undefined where there is no profile. */
export type ProfileOf = (program: RunningProgram) => Profile | undefined;

export interface Profile {
  readonly cfg: LmsCfg;
  match(message: string): LmsMatch[];
  /** Of these nodes alone. */
  matchOf(message: string, nodes: readonly number[]): LmsMatch[];
}

export class RunningPrograms {
  /** host/pid → the build that an agent read of its program. */
  readonly #builds: StateTable<readonly [path: string, buildId: string]>;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#builds = new StateTable('build', saved);
  }

  of({ host, pid, container, exe, argv }: Process): RunningProgram {
    const [path, buildId] = this.#builds.get(`${host}/${pid}`) ?? [];
    return { host, container, exe, argv: argv.split(' '), buildId: path === exe ? buildId : undefined };
  }

  image({ host, pid, path, buildId }: ImageBuild): void {
    this.#builds.set(`${host}/${pid}`, [path, buildId]);
  }

  /** Until it executes another image a child runs its parent's. */
  born(child: Process, parent: Process | undefined): void {
    const build = parent === undefined ? undefined : this.#builds.get(`${parent.host}/${parent.pid}`);
    if (build !== undefined && build[0] === child.exe) this.#builds.set(`${child.host}/${child.pid}`, build);
  }

  exited({ host, pid }: Process): void {
    this.#builds.delete(`${host}/${pid}`);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#builds.drainInto(into);
  }
}
