/**
 * Analyses what is ordered, one program at a time, each in a process of its own: a program that the analyser dies of, or
 * that takes too much, takes nothing else with it. It must not know where orders come from.
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { buildIdOf } from '../analyser/elf/build-id.ts';
import { type AnalysisConsumer, type QueuedAnalysis, Unanalysable } from '../core/analysis-queue.ts';
import { exitCode } from './exit-code.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
/** Of what it says; the last sentence says why. */
const said_length_max = 4_096;

export interface AnalystOptions {
  /** The folder that gets the profiles. */
  readonly registry: string;
  readonly time_s_max: number;
  readonly memory_mb_max: number;
  readonly note: (text: string) => void;
}

export class Analyst implements AnalysisConsumer {
  readonly #options: AnalystOptions;
  #stop: (() => void) | undefined;

  constructor(options: AnalystOptions) {
    this.#options = options;
  }

  async analyse(order: QueuedAnalysis): Promise<void> {
    await mustBeOfBuild(order);
    const { code, said } = await this.#run(order);
    if (code === exitCode.input || code === exitCode.usage) throw new Unanalysable(said);
    if (code !== exitCode.found && code !== exitCode.nothing)
      throw new Error(`the analysis ended with ${code}: ${said}`);
    this.#options.note(`${order.paths[0]} has a profile now`);
  }

  stop(): void {
    this.#stop?.();
  }

  buried({ id, paths }: QueuedAnalysis, reason: string): void {
    this.#options.note(`${paths[0]} can not be analysed, and is the dead letter ${id}: ${reason}`);
  }

  failed(order: QueuedAnalysis | undefined, error: unknown): void {
    const what = order === undefined ? 'the queue of analyses' : `the analysis of ${order.paths[0]}`;
    this.#options.note(`${what} failed, and will be tried again: ${(error as Error).message}`);
  }

  #run({ paths }: QueuedAnalysis): Promise<{ code: number | string; said: string }> {
    const { registry, time_s_max, memory_mb_max } = this.#options;
    const bounds = ['--timeout', String(time_s_max), '--max-memory', String(memory_mb_max)];
    const args = ['analyse', '--registry', registry, ...bounds, '--', ...paths];
    const child = spawn(process.execPath, [...process.execArgv, main, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#stop = () => child.kill('SIGKILL');
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-said_length_max);
    });
    return new Promise((resolve, reject) => {
      child.once('spawn', () => yieldToOthers(child.pid!));
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.#stop = undefined;
        resolve({ code: code ?? signal ?? 'nothing', said: lastSentence(said) });
      });
    });
  }
}

/** A path may hold another build by now. Throws Unanalysable. */
async function mustBeOfBuild({ paths, buildId }: QueuedAnalysis): Promise<void> {
  if (buildId === undefined) return;
  const path = paths[0]!;
  let there: string | undefined;
  try {
    there = buildIdOf(await readFile(path));
  } catch (cause) {
    throw new Unanalysable(`${path} can't be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
  if (there !== buildId)
    throw new Unanalysable(`${path} is of ${there === undefined ? 'no build' : `build ${there}`} now`);
}

/** What comes in is folded first. */
function yieldToOthers(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already.
  }
}

function lastSentence(said: string): string {
  const sentence = said.trim().split('\n').at(-1) ?? '';
  return sentence.replace(/^disprotrack: /, '') || 'it did not say why';
}
