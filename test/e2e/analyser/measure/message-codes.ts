/**
 * Apache numbers its messages (AH00526). Every number that the binary holds as a string must be among the analyser's
 * texts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianPackage } from '../debian/package-store.ts';
import { type AnalyseOptions, analyse } from '../tool/analyse.ts';

const code = /AH\d{5}/g;

export interface MessageCodes {
  readonly file: string;
  readonly codes: number;
  readonly missed: readonly string[];
}

/** The server itself, and as many of its modules as wanted, by name. */
export async function messageCodes(
  modules_max: number,
  options: AnalyseOptions,
): Promise<readonly MessageCodes[]> {
  const files = await debianPackage('apache2-bin');
  const folder = join(files, 'usr/lib/apache2/modules');
  const modules = readdirSync(folder).filter(
    (name) => /^mod_.*\.so$/.test(name) && held(join(folder, name)).size > 0,
  );
  const paths = [
    join(files, 'usr/sbin/apache2'),
    ...modules.slice(0, modules_max).map((name) => join(folder, name)),
  ];
  const rows: MessageCodes[] = [];
  for (const path of paths) {
    const { nodes } = await analyse(path, options);
    const found = new Set(nodes.flatMap((node) => node.text.match(code) ?? []));
    const wanted = held(path);
    const missed = [...wanted].filter((each) => !found.has(each)).sort();
    rows.push({ file: path.slice(path.lastIndexOf('/') + 1), codes: wanted.size, missed });
  }
  return rows;
}

function held(path: string): ReadonlySet<string> {
  return new Set(readFileSync(path).toString('latin1').match(code) ?? []);
}
