/** The Node that runs this, and the programs that some commands work with. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Finding } from './finding.ts';

const nodeMajor_min = 24;

export function nodeCheck(version: string = process.versions.node): Finding {
  const name = 'Node';
  if (Number.parseInt(version, 10) >= nodeMajor_min) return { state: 'fine', name, text: version };
  return {
    state: 'broken',
    name,
    text: `${version} is too old to run TypeScript as it stands; ${nodeMajor_min} is needed`,
    fix: 'start it as npx disprotrack, which brings its own Node',
  };
}

const tools = [
  { name: 'auditctl', use: 'to record what the kernel sees', fix: 'apt-get install auditd' },
  { name: 'dot', use: 'to draw what export --format dot prints', fix: 'apt-get install graphviz' },
];

export function toolChecks(): Finding[] {
  return tools.map(({ name, use, fix }) => {
    const file = findProgram(name);
    return file === undefined
      ? { state: 'optional', name, text: `not installed; wanted ${use}`, fix }
      : { state: 'fine', name, text: file };
  });
}

/** Path of an executable; also looks where administrators' programs are, which a user's PATH often leaves out. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
