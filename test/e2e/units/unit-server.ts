/** A real server of which the true units are known, because its requests carry tags. */
import type { ServerContainer } from '../capture/server-container.ts';

export interface UnitServer {
  readonly name: string;
  /** How it serves many at a time, as docs/UNITS.md has it. */
  readonly model: string;
  /** What is expected of it: of those that interleave requests in one thread, less. */
  readonly isAsync: boolean;
  readonly packages: readonly string[];
  readonly port: number;
  readonly protocol: 'http' | 'fastcgi' | 'fastcgi-once' | 'redis' | 'memcached' | 'mysql' | 'ssh' | 'ftp';
  /** Makes its programs, where no package has them. */
  build?(): Promise<void>;
  /** Fills the container's file system; `tags` are those that will be asked for. */
  prepare(container: ServerContainer, tags: readonly string[]): void | Promise<void>;
  command(): readonly string[];
  /** What it asks others, by its own account once it has ended: a file in its container. */
  readonly asked?: string;
  /** Programs and libraries whose statements its lines come from. */
  readonly binaries: readonly string[];
  /** Which statement of the source printed which line, written down by hand; the first that fits counts. */
  readonly lines: readonly TrueLine[];
}

export interface TrueLine {
  readonly line: RegExp;
  /** Format strings that it may be; empty for a line that configuration or a script made, not the program. */
  readonly formats: readonly (string | RegExp)[];
}

/** A file for each tag, so that what is opened tells whose it is. */
export function writeTagged(container: ServerContainer, folder: string, tags: readonly string[]): void {
  for (const tag of tags) container.write(`${folder}/${tag}.html`, `the page of ${tag}\n`.repeat(20));
}
