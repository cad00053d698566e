/** Call sites, by address: those that line numbers prove to be log calls, against the analyser's of the stripped file. */
import { logCalls } from '../literal/log-calls.ts';
import { programLabels } from '../literal/program-labels.ts';
import { BinaryStrings, normalised } from '../literal/truth-texts.ts';
import { callLines } from '../site/call-lines.ts';
import { debugBuild } from '../site/debug-build.ts';
import { type AnalyseOptions, analyse } from '../tool/analyse.ts';

export const site_recall_min = 0.93;

export interface CallSites {
  readonly name: string;
  readonly sites: number;
  readonly recall: number;
  /** Of the sites found, those with a text that stands at that call. */
  readonly rightText: number;
  /** `file:line target address`. */
  readonly missed: readonly string[];
}

/** What the compiler makes of printf and fprintf of a constant. */
const compiledForms = ['fwrite', 'putchar', 'fputc', 'vfprintf', 'vprintf', 'vsyslog'];

export async function callSites(name: string, options: AnalyseOptions): Promise<CallSites> {
  const sites = await provenSites(name);
  const { nodes } = await analyse((await debugBuild(name)).stripped, options);
  const found = new Map<number, Set<string>>();
  for (const node of nodes) {
    const address = Number.parseInt(node.address, 16);
    found.set(address, (found.get(address) ?? new Set()).add(normalised(node.text)));
  }
  const hits = sites.filter((site) => found.has(site.address));
  const right = hits.filter((site) => site.texts.some((text) => found.get(site.address)!.has(text)));
  return {
    name,
    sites: sites.length,
    recall: hits.length / sites.length,
    rightText: right.length / Math.max(hits.length, 1),
    missed: sites
      .filter((site) => !found.has(site.address))
      .map(({ address, at }) => `${at} ${address.toString(16)}`),
  };
}

interface ProvenSite {
  readonly address: number;
  readonly at: string;
  readonly texts: readonly string[];
}

/** A call within the lines of a log call of the source, to a log function, whose text the program holds. */
export async function provenSites(name: string): Promise<readonly ProvenSite[]> {
  const labels = programLabels(name);
  const { source, program } = await debugBuild(name);
  const strings = new BinaryStrings(program);
  const calls = await logCalls({
    ...{ root: source, folders: labels.folders, skip: labels.skip },
    ...{ logFunctions: labels.places, unwrap: new Set(labels.unwrap) },
  });
  const byLine = new Map<string, string[]>();
  for (const call of calls) {
    const texts = call.texts.flatMap((pattern) => strings.matching(pattern));
    if (texts.length === 0) continue;
    for (let line = call.firstLine; line <= call.lastLine; line++) {
      const key = `${call.file}:${line}`;
      byLine.set(key, [...(byLine.get(key) ?? []), ...texts]);
    }
  }
  const targets = new Set([...labels.places.keys(), ...labels.targets, ...compiledForms]);
  const sites: ProvenSite[] = [];
  for (const { returnAddress, target, file, line } of await callLines(program)) {
    if (!targets.has(target)) continue;
    const key = `${relativeTo(file, source)}:${line}`;
    const texts = byLine.get(key);
    if (texts !== undefined) sites.push({ address: returnAddress, at: `${key} ${target}`, texts });
  }
  return sites;
}

/** DWARF names the folder in which it was built, which was renamed since. */
function relativeTo(file: string, source: string): string {
  const folder = source.slice(source.lastIndexOf('/') + 1);
  const at = file.indexOf(`${folder}.unfinished/`);
  return at < 0 ? file : file.slice(at + `${folder}.unfinished/`.length).replace(/^\.\//, '');
}
