/**
 * One real server with verbose logs under capture with stacks, while uprobes tell which calls it made: each of its log
 * lines with what the stamp says of it and what was called. It must not know what is enough.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LmsCfgProfile } from '../../../../services/contract/lms-cfg-profile.ts';
import { toLmsCfg } from '../../../../services/contract/profile-form.ts';
import type { LmsCfg } from '../../../../services/core/lms/lms-cfg.ts';
import { createMatcher } from '../../../../services/core/lms/matcher.ts';
import { matchedLine } from '../../../../services/core/upg/matched-line.ts';
import { readRecords as readItems } from '../../../fixture/read-records.ts';
import { cacheFolder } from '../../analyser/debian/package-store.ts';
import { logPath, type RealServer, until } from '../../analyser/reality/real-server.ts';
import { serverBinary } from '../../analyser/reality/servers.ts';
import { output } from '../capture-build.ts';
import { CaptureRun, kinds, losses } from '../capture-run.ts';
import type { CapturedRecord } from '../captured-record.ts';
import { type Call, CallTruth } from './call-truth.ts';

export interface StampedLine {
  readonly text: string;
  /** Return address of the call that the stamp names; undefined where it names none. */
  readonly site: number | undefined;
  readonly disagrees: boolean;
  /** Why the stack ends where it does. */
  readonly end: string;
  /** Statements that fit by text alone. */
  readonly fitting: number;
  /** Return address of the call that was made, and of one whose text that call printed; none where none that is watched was. */
  readonly called: readonly number[];
}

const command = new URL('../../../../scripts/disprotrack', import.meta.url).pathname;
const end_ms_max = 20_000;
const cpus_max = 4_096;
/** What a call of a log function itself is known by; a call that ends its function is no call that is watched. */
const ownOfWrites_part_min = 0.5;
const alone_part_max = 0.3;
/** write and writev. */
const writes = new Set([1, 20]);

export async function stampedRun(server: RealServer): Promise<readonly StampedLine[]> {
  const { binary, files, port } = await serverBinary(server);
  const place = { folder: join(cacheFolder, 'stamped', server.name), port };
  rmSync(place.folder, { recursive: true, force: true });
  mkdirSync(place.folder, { recursive: true, mode: 0o755 });
  const file = join(place.folder, 'profile.json');
  output(command, 'analyse', binary, '--out', file);
  const cfg = toLmsCfg(LmsCfgProfile.parse(JSON.parse(readFileSync(file, 'utf8'))));
  const args = await server.prepare(place, files);
  const truth = await CallTruth.start(
    place.folder,
    binary,
    new Set(cfg.nodes.map(({ address }) => Number(address))),
  );
  try {
    const capture = await CaptureRun.start('ebpf', '--no-snapshot', '--stacks', '--prefix', place.folder);
    const line = 'exec 2>>"$1"; name=$2; shift 2; exec -a "$name" "$@"';
    const words = [logPath(place), server.calledAs ?? binary, binary, ...args];
    const child = spawn('bash', ['-c', line, 'bash', ...words], {
      cwd: place.folder,
      stdio: 'ignore',
    });
    await until(server, place, () => child.exitCode === null);
    await server.use(place, binary);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), end_ms_max);
    await ended;
    clearTimeout(timer);
    const records = await capture.stop();
    if (losses(records).counted > 0) throw new Error('records were lost');
    return linesOf(cfg, capture.output, records, await truth.stop(), logPath(place));
  } finally {
    truth.kill();
  }
}

function linesOf(
  cfg: LmsCfg,
  stream: Buffer,
  records: readonly CapturedRecord[],
  threads: ReadonlyMap<number, readonly Call[]>,
  log: string,
): StampedLine[] {
  const matcher = createMatcher(cfg);
  const profile = {
    cfg,
    match: (message: string) => matcher.match(message),
    matchOf: (message: string, nodes: readonly number[]) => matcher.matchOf(message, nodes),
  };
  const called = ofPrograms(callsBefore(records, threads));
  const lines: StampedLine[] = [];
  for (const item of readItems(stream).items) {
    if (item.kind !== 'system' || item.kernel?.entries.length !== 1) continue;
    const [entry] = item.kernel.entries;
    if (entry!.source !== log || entry!.stack === undefined) continue;
    const line = matchedLine(entry!, profile);
    const text = matchedLine({ message: entry!.message, text: entry!.text }, profile);
    lines.push({
      text: entry!.text,
      site: line.site?.place.address,
      disagrees: line.site?.disagrees === true,
      end: entry!.stack.end,
      fitting: text.candidates.length,
      called: printedBy(cfg, called.get(item.serial) ?? [], entry!.text),
    });
  }
  return lines;
}

/** By serial of each write that a thread made calls before, since its write before: their return addresses, in order. */
function callsBefore(
  records: readonly CapturedRecord[],
  threads: ReadonlyMap<number, readonly Call[]>,
): Map<number, readonly number[]> {
  const before = new Map<number, readonly number[]>();
  const at = new Map<number, number>();
  for (const { kind, result, piece, tid, monotonicNs, sequence, cpu, syscall } of records) {
    if (kind !== kinds.syscall || piece > 0 || result <= 0 || !writes.has(syscall)) continue;
    const made = threads.get(tid) ?? [];
    const from = at.get(tid) ?? 0;
    let until = from;
    while (until < made.length && made[until]!.time < monotonicNs) until++;
    at.set(tid, until);
    if (until > from)
      before.set(
        sequence * cpus_max + cpu,
        made.slice(from, until).map(({ site }) => site),
      );
  }
  return before;
}

/** Without those that log functions make themselves: they are the last before most writes, and seldom alone. */
function ofPrograms(before: ReadonlyMap<number, readonly number[]>): Map<number, readonly number[]> {
  const own = new Set<number>();
  for (let more = true; more; ) {
    const left = [...before.values()]
      .map((sites) => withoutLast(sites, own))
      .filter((sites) => sites.length > 0);
    const ending = Map.groupBy(left, (sites) => sites.at(-1)!);
    const found = [...ending].find(([, all]) => {
      const alone = all.filter((sites) => sites.length === 1).length;
      return all.length > ownOfWrites_part_min * before.size && alone < alone_part_max * all.length;
    });
    if (found !== undefined) own.add(found[0]);
    more = found !== undefined;
  }
  return new Map([...before].map(([serial, sites]) => [serial, withoutLast(sites, own)]));
}

/** The last call; and the one before it, where the last prints what it is given and the line has that one's text. */
function printedBy(cfg: LmsCfg, sites: readonly number[], line: string): number[] {
  const [before, last] = [sites.at(-2), sites.at(-1)];
  if (last === undefined) return [];
  const textsAt = (site: number) => cfg.nodesAt(cfg.buildId!, site).map((id) => cfg.nodes[id]!.text);
  const passes = textsAt(last).some((text) => text.includes('%s'));
  const isPassed = before !== undefined && passes && textsAt(before).some((text) => line.includes(text));
  return isPassed ? [last, before] : [last];
}

function withoutLast(sites: readonly number[], own: ReadonlySet<number>): readonly number[] {
  return sites.slice(0, sites.findLastIndex((site) => !own.has(site)) + 1);
}
