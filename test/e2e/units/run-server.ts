/** Records one real server under load, imports the recording as a user would, and holds its units against the truth. */
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import { UnitAnswer } from '../../../services/contract/units.ts';
import type { SystemEvent } from '../../../services/core/event/event.ts';
import { readRecords } from '../../fixture/read-records.ts';
import { run } from '../analyser/tool/command.ts';
import { type Recorder, startRecorder } from '../capture/recorder.ts';
import { ServerContainer } from '../capture/server-container.ts';
import { makeCgroup } from '../capture/test-cgroup.ts';
import { type LineScore, scoreLines } from './line-score.ts';
import { type SentRequest, trueUnits } from './true-units.ts';
import { scoreUnits, type UnitScore } from './unit-score.ts';
import type { UnitServer } from './unit-server.ts';

export interface Load {
  readonly clients: number;
  readonly requests: number;
}

export interface Measured {
  readonly server: UnitServer;
  readonly units: UnitScore;
  readonly lines: LineScore;
}

const command = fileURLToPath(new URL('../../../scripts/disprotrack', import.meta.url));
const client = fileURLToPath(new URL('./client.py', import.meta.url));
/** Profiles are made once for each build. */
const registry = fileURLToPath(new URL('../../../.cache/unit-profiles', import.meta.url));

/** All that it makes lies below `folder`. */
export async function measureServer(server: UnitServer, folder: string, load: Load): Promise<Measured> {
  const profiles = await profilesOf(server);
  const work = join(folder, server.name);
  mkdirSync(work, { recursive: true });
  const { recording, requests } = await record(server, work, load);
  const store = join(work, 'store');
  const named = profiles.flatMap((path) => ['--profile', path]);
  await run('no import', command, ['import', '--store', store, '--recording', recording, ...named]);
  const listed = await run('no units', command, ['units', '--store', store, '--json']);
  const units = (JSON.parse(listed) as unknown[]).map((each) => UnitAnswer.parse(each));
  const events = readRecords(zstdDecompressSync(readFileSync(recording))).items.filter(
    (item): item is SystemEvent => item.kind === 'system',
  );
  return {
    server,
    units: scoreUnits(trueUnits(events, requests), units),
    lines: await scoreLines(
      store,
      server.binaries.map((path) => basename(realpathSync(path))),
      server.lines,
    ),
  };
}

/** Of a server that was measured below `folder`. */
export function recordingOf(folder: string, server: string): string {
  return join(folder, server, 'recording.dpt');
}

export async function profilesOf(server: UnitServer): Promise<string[]> {
  await server.build?.();
  return Promise.all(server.binaries.map(profileOf));
}

/** A process is known by the file itself, not by a link to it. */
async function profileOf(named: string): Promise<string> {
  const binary = realpathSync(named);
  mkdirSync(registry, { recursive: true });
  const sum = (await run('no sum', 'sha256sum', [binary])).slice(0, 16);
  const file = join(registry, `${binary.replaceAll('/', '_')}-${sum}.json`);
  if (!existsSync(file)) await run('no profile', command, ['analyse', '--out', file, binary]);
  return file;
}

async function record(
  server: UnitServer,
  work: string,
  { clients, requests }: Load,
): Promise<{ recording: string; requests: SentRequest[] }> {
  const parent = makeCgroup(`units-${server.name}`);
  let container: ServerContainer | undefined;
  let recorder: Recorder | undefined;
  try {
    container = new ServerContainer(work, parent.path, server.name);
    await server.prepare(container, tagsOf(clients, requests));
    const recording = recordingOf(dirname(work), server.name);
    recorder = await startRecorder(recording, parent.path);
    container.start(server.command());
    await container.listening(server.port);
    const schedule = join(work, 'requests.jsonl');
    const words = [server.protocol, server.port, clients, requests].map(String);
    await run('no load', 'nsenter', [
      `--net=/proc/${container.pid}/ns/net`,
      'python3',
      client,
      ...words,
      schedule,
    ]);
    await container.stop();
    await recorder.stop();
    const asked = server.asked === undefined ? '' : container.read(server.asked);
    const sent = `${readFileSync(schedule, 'utf8')}${asked}`.trimEnd().split('\n');
    return { recording, requests: sent.map((line) => JSON.parse(line) as SentRequest) };
  } finally {
    await container?.stop();
    recorder?.kill();
    parent.remove();
  }
}

function tagsOf(clients: number, requests: number): string[] {
  const two = (n: number): string => String(n).padStart(2, '0');
  const numbers = (count: number): number[] => [...Array(count).keys()];
  return numbers(clients).flatMap((c) => numbers(requests).map((r) => `t${two(c)}r${two(r)}`));
}
