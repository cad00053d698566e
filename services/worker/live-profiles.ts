/**
 * The profiles of a worker while it runs: folders of them are looked at again and again, so that one that comes later
 * counts without a restart, for what is folded from then on. It must not know the fold.
 */
import { stat } from 'node:fs/promises';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Profile, RunningProgram } from '../core/upg/running-programs.ts';
import { type ProfilePlaces, readProfiles } from './profile-registry.ts';

const look_ms = 2_000;

export class LiveProfiles {
  readonly #places: ProfilePlaces;
  readonly #diagnose: (d: Diagnostic) => void;
  readonly #timer: NodeJS.Timeout;
  #current: LiveProfiles['of'];
  #seen: string;
  #looking: Promise<void> = Promise.resolve();

  private constructor(
    places: ProfilePlaces,
    current: LiveProfiles['of'],
    seen: string,
    diagnose: (d: Diagnostic) => void,
    every_ms: number,
  ) {
    this.#places = places;
    this.#current = current;
    this.#seen = seen;
    this.#diagnose = diagnose;
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look());
    }, every_ms);
    this.#timer.unref();
  }

  /** Throws InputError as `readProfiles` does. */
  static async open(
    places: ProfilePlaces,
    diagnose: (d: Diagnostic) => void,
    every_ms = look_ms,
  ): Promise<LiveProfiles> {
    // What comes between the two is read at the first look.
    const seen = await stamp(places);
    return new LiveProfiles(places, await readProfiles(places, diagnose), seen, diagnose, every_ms);
  }

  readonly of = (program: RunningProgram): Profile | undefined => this.#current(program);

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const seen = await stamp(this.#places);
    if (seen === this.#seen) return;
    this.#seen = seen;
    try {
      this.#current = await readProfiles(this.#places, this.#diagnose);
    } catch (error) {
      // Those that were read stay until there is something else.
      const message = `profiles can't be read anew: ${(error as Error).message}`;
      this.#diagnose({ severity: 'warning', code: 'profiles', message, file: '', line: 0, column: 0 });
    }
  }
}

/** A profile is renamed into its folder, and that changes the folder. */
async function stamp({ registries }: ProfilePlaces): Promise<string> {
  const times = registries.map((folder) => stat(folder, { bigint: true }).catch(() => undefined));
  return (await Promise.all(times)).map((info) => String(info?.mtimeNs)).join();
}
