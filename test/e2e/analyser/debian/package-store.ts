/**
 * Debian packages and their sources, unpacked below .cache and kept between runs. Package lists are private to that
 * folder: nothing of the machine's apt is changed. It must not know what is measured with them.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, TruthError } from '../tool/command.ts';
import { installTools } from '../tool/install.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
export const cacheFolder = join(root, '.cache', 'analyser');
/** What Go's compiler made of its library. */
export const goCache = join(cacheFolder, 'go-build');
const aptFolder = join(cacheFolder, 'apt');

export interface DebianProgram {
  /** The binary package's files, laid out as they would be under `/`. */
  readonly files: string;
  /** The unpacked and patched source of the same version. */
  readonly source: string;
  readonly version: string;
}

/** The newest version whose binary and source both can be had. */
export async function debianProgram(packageName: string, sourceName: string): Promise<DebianProgram> {
  const stamp = join(cacheFolder, 'programs', `${packageName}.json`);
  if (existsSync(stamp)) {
    const kept = JSON.parse(readFileSync(stamp, 'utf8')) as DebianProgram;
    if (existsSync(kept.files) && existsSync(kept.source)) return kept;
  }
  let failure: unknown = new TruthError(`the package lists have no ${packageName} with its source`);
  for (const version of await versions(packageName)) {
    try {
      const files = await debianPackage(packageName, version);
      const of = sourceVersion(readFileSync(join(files, '.control'), 'utf8'));
      const program = { files, source: await debianSource(sourceName, of), version };
      mkdirSync(join(cacheFolder, 'programs'), { recursive: true });
      writeFileSync(stamp, JSON.stringify(program));
      return program;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** The folder of the files of `name`, at `version` or the newest. */
export async function debianPackage(name: string, version?: string): Promise<string> {
  const wanted = version === undefined ? name : `${name}=${version}`;
  const folder = join(cacheFolder, 'packages', wanted.replaceAll(/[^\w.+~=-]/g, '_'));
  if (existsSync(folder)) return folder;
  const [apt] = await Promise.all([aptOptions(), installTools('dpkg-deb')]);
  const downloads = fresh(`${folder}.download`);
  const what = `could not download the Debian package ${wanted}`;
  await run(what, 'apt-get', [...apt, 'download', wanted], { cwd: downloads });
  const deb = join(downloads, onlyFile(downloads, '.deb'));
  const unpacked = fresh(`${folder}.unpacked`);
  await run(`could not unpack ${name}`, 'dpkg-deb', ['-x', deb, unpacked]);
  const control = await run(`could not read ${name}`, 'dpkg-deb', ['-f', deb, 'Source', 'Version']);
  writeFileSync(join(unpacked, '.control'), control);
  renameSync(unpacked, folder);
  rmSync(downloads, { recursive: true });
  return folder;
}

async function debianSource(name: string, version: string): Promise<string> {
  const folder = join(cacheFolder, 'sources', `${name}=${version}`.replaceAll(/[^\w.+~=-]/g, '_'));
  if (existsSync(folder)) return folder;
  const [apt] = await Promise.all([aptOptions(), installTools('dpkg-source')]);
  const downloads = fresh(`${folder}.download`);
  const what = `could not download the Debian source of ${name} ${version}`;
  await run(what, 'apt-get', [...apt, 'source', '--download-only', `${name}=${version}`], { cwd: downloads });
  // Beside the archives, so that dpkg-source leaves nothing outside of this folder.
  const unpacked = join(downloads, 'unpacked');
  const args = ['--no-check', '-x', onlyFile(downloads, '.dsc'), unpacked];
  await run(`could not unpack the source of ${name}`, 'dpkg-source', args, { cwd: downloads });
  renameSync(unpacked, folder);
  rmSync(downloads, { recursive: true });
  return folder;
}

/** Of the binary package, newest first. */
async function versions(name: string): Promise<readonly string[]> {
  const apt = (await aptOptions()).filter((option) => option !== '-qq');
  const text = await run(`could not look up ${name}`, 'apt-cache', [...apt, 'madison', name]);
  const found = text.matchAll(/^ *\S+ \| +(\S+) \| .* Packages$/gm);
  return [...new Set([...found].map((match) => match[1]!))];
}

let prepared: Promise<readonly string[]> | undefined;

/** Lists are fetched once in a process, and again only where they are older than a day. */
function aptOptions(): Promise<readonly string[]> {
  prepared ??= prepareApt();
  return prepared;
}

async function prepareApt(): Promise<readonly string[]> {
  for (const part of ['lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(aptFolder, part), { recursive: true });
  }
  const listFile = join(aptFolder, 'sources.list');
  const options = [
    ...['-qq', '-o', `Dir::Etc::sourcelist=${listFile}`, '-o', 'Dir::Etc::sourceparts=/dev/null'],
    ...[
      '-o',
      `Dir::State::lists=${join(aptFolder, 'lists')}`,
      '-o',
      `Dir::Cache=${join(aptFolder, 'cache')}`,
    ],
    // The download sandbox's user can't write below a checkout.
    ...['-o', 'APT::Sandbox::User=root'],
  ];
  const stamp = join(aptFolder, 'updated');
  const day = new Date().toISOString().slice(0, 10);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === day) return options;
  writeFileSync(listFile, await configuredSources());
  await run('could not fetch Debian’s package lists', 'apt-get', [...options, 'update']);
  writeFileSync(stamp, day);
  return options;
}

/** The Debian archives that this machine is set up for, with their sources. */
async function configuredSources(): Promise<string> {
  const format = '$(ORIGIN)|$(SITE)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)';
  const args = ['indextargets', '--format', format, 'Created-By: Packages'];
  const text = await run('could not ask apt which archives it uses', 'apt-get', args);
  const archives = new Set<string>();
  for (const line of text.split('\n')) {
    const [origin, , uri, release, component] = line.split('|');
    if (origin === 'Debian' && component === 'main') archives.add(`${uri} ${release} main`);
  }
  if (archives.size === 0) {
    throw new TruthError(
      'apt knows no Debian archive with lists; run apt-get update on a Debian machine first',
    );
  }
  const key = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
  return [...archives].flatMap((a) => [`deb ${key} ${a}\n`, `deb-src ${key} ${a}\n`]).join('');
}

/** Of the source package; a rebuild's suffix is not part of it. */
function sourceVersion(fields: string): string {
  const source = /^Source: .*\((.*)\)$/m.exec(fields)?.[1];
  return source ?? /^Version: (.*?)(?:\+b\d+)?$/m.exec(fields)![1]!;
}

function fresh(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

function onlyFile(folder: string, ending: string): string {
  const found = readdirSync(folder).find((name) => name.endsWith(ending));
  if (found === undefined) throw new TruthError(`apt-get left no ${ending} file in ${folder}`);
  return found;
}
