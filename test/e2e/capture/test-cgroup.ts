/** A cgroup for a test, below the mount of version 2. It must not know what runs in it. */
import { mkdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface TestCgroup {
  readonly path: string;
  /** Inode of its directory. */
  readonly id: number;
  /** Nothing may be left in it. */
  remove(): void;
}

export function makeCgroup(name: string): TestCgroup {
  const path = join(cgroupMount(), `disprotrack-${name}-${process.pid}`);
  mkdirSync(path);
  return { path, id: statSync(path).ino, remove: () => rmdirSync(path) };
}

/** Where version 2 is mounted. */
export function cgroupMount(): string {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const mount = mounts.map((line) => line.split(' ')).find(([, , type]) => type === 'cgroup2')?.[1];
  if (mount === undefined) throw new Error('no cgroup version 2 hierarchy is mounted');
  return mount;
}
