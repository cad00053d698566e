/**
 * Who filled a file system: of each, the actors that wrote most to it, at constant state (Space-Saving: Metwally,
 * Agrawal, El Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data Streams", ICDT 2005). Where a
 * write fails since there is no room, that is what it fails by. What was freed meanwhile is not taken off.
 *
 * It must not know processes, units or edges.
 */
import { StateTable } from '../state-table.ts';

/** Of the edges from those who filled a file system to its room. */
export const fillOperation = 'fill';

/** An actor that wrote more than this share of all is among those that are counted. */
const actors_max = 16;

interface Writer {
  actor: string;
  /** At most; `error` of them can be of actors that were dropped. */
  bytes: number;
  error: number;
}

interface FileSystemUse {
  total: number;
  writers: Writer[];
}

export class SpaceUse {
  readonly #fileSystems: StateTable<FileSystemUse>;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#fileSystems = new StateTable('space', saved);
  }

  wrote(file: string, actor: string, bytes: number): void {
    const fileSystem = fileSystemOf(file);
    if (fileSystem === undefined) return;
    const use =
      this.#fileSystems.get(fileSystem) ?? this.#fileSystems.set(fileSystem, { total: 0, writers: [] });
    this.#fileSystems.touch(fileSystem);
    use.total += bytes;
    const known = use.writers.find((writer) => writer.actor === actor);
    if (known !== undefined) known.bytes += bytes;
    else if (use.writers.length < actors_max) use.writers.push({ actor, bytes, error: 0 });
    else replaceSmallest(use.writers, actor, bytes);
  }

  /** Those who surely wrote more than their share, who wrote most first. */
  fillers(fileSystem: string): string[] {
    const { total, writers } = this.#fileSystems.get(fileSystem) ?? { total: 0, writers: [] };
    return writers
      .map(({ actor, bytes, error }) => ({ actor, bytes: bytes - error }))
      .filter(({ bytes }) => bytes > total / actors_max)
      .sort((a, b) => b.bytes - a.bytes || (a.actor < b.actor ? -1 : 1))
      .map(({ actor }) => actor);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#fileSystems.drainInto(into);
  }
}

/** Host and device of a file that is known by its inode. */
export function fileSystemOf(file: string): string | undefined {
  const end = file.lastIndexOf('/');
  const device = file.slice(file.lastIndexOf('/', end - 1) + 1, end);
  return /^[0-9a-f]+:[0-9a-f]+$/.test(device) ? file.slice('file:'.length, end) : undefined;
}

function replaceSmallest(writers: Writer[], actor: string, bytes: number): void {
  let smallest = writers[0]!;
  for (const writer of writers) {
    if (writer.bytes < smallest.bytes || (writer.bytes === smallest.bytes && writer.actor < smallest.actor))
      smallest = writer;
  }
  smallest.error = smallest.bytes;
  smallest.bytes += bytes;
  smallest.actor = actor;
}
