/** The community server's jars from Maven Central, fetched once for each version. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../analyser/tool/command.ts';
import { installTools } from '../analyser/tool/install.ts';

const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const cache = fileURLToPath(new URL('../../../.cache/neo4j', import.meta.url));

export const neo4jVersion = /<version>([\d.]+)</.exec(readFileSync(pom, 'utf8'))![1]!;

/** The folder that holds them. */
export async function neo4jJars(): Promise<string> {
  const folder = join(cache, neo4jVersion);
  if (existsSync(folder)) return folder;
  await installTools('mvn');
  mkdirSync(cache, { recursive: true });
  // Whole or absent, whoever else fetches them.
  const coming = mkdtempSync(join(cache, 'coming-'));
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${coming}`];
  await run('could not fetch the jars of Neo4j', 'mvn', ['-q', '-B', '-f', pom, ...goal]);
  renameSync(coming, folder);
  return folder;
}
