/** Runs the tools that the truth is made with; a failure is one sentence. It must not know what they are run for. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

const ms_max = 15 * 60_000;
const failure_characters_max = 600;

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Standard output goes there and is not returned. */
  readonly outputFile?: string;
  readonly timeoutMs?: number;
  /** Besides 0, what says that nothing was found. */
  readonly nothing?: number;
}

/** What could not be done, in one sentence for a person. */
export class TruthError extends Error {
  override readonly name = 'TruthError';
}

/** Gives standard output. Throws a TruthError that begins with `purpose` ("could not download nginx"). */
export async function run(
  purpose: string,
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? ms_max,
  });
  child.stdin.on('error', () => {}).end(options.input ?? '');
  const parts: Buffer[] = [];
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-failure_characters_max);
  });
  const file = options.outputFile === undefined ? undefined : createWriteStream(options.outputFile);
  if (file === undefined) child.stdout.on('data', (part: Buffer) => parts.push(part));
  else child.stdout.pipe(file);
  const status = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? `ended by ${signal}`));
  });
  if (file !== undefined) await finished(file).catch(() => {});
  if (status !== 0 && status !== options.nothing) {
    // The last sentence; not the frames of a crash, nor what ended.
    const said =
      complaint
        .trim()
        .split('\n')
        .findLast((line) => /^(?! |Node\.js v).+/.test(line)) ?? '';
    throw new TruthError(`${purpose}: ${command} ${args[0] ?? ''} gave ${status}${said && `: ${said}`}`);
  }
  return Buffer.concat(parts).toString();
}
