/**
 * The golden functions run for real: each line that they print must match a log message string of the call that
 * printed it, and follow on the one before by a path in the program that the analyser made of the source.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { analyseSource } from '../../services/analyser/source/analyse-source.ts';
import { LogPaths } from '../fixture/log-path.ts';

interface Line {
  readonly text: string;
  /** Files and lines of the calls that were running. */
  readonly stack: readonly (readonly [string, number])[];
}

const golden = fileURLToPath(new URL('../golden/source/', import.meta.url));
const fixture = fileURLToPath(new URL('../fixture/', import.meta.url));
/** Of all pairs of sites: a program in which everything follows everything would pass otherwise. */
const allowedShare_max = 0.35;

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

const item = (sku: string, count: number) => ({ sku, count });
const card = '4929000011112222';

describe.each([
  {
    name: 'python/http-function',
    command: ['python3', join(fixture, 'trace-writes.py')],
    main: 'index.py',
    bodies: [
      '{',
      '{}',
      JSON.stringify({ items: [item('a', 0)] }),
      JSON.stringify({ items: [item('a', 2), item('b', 0), item('c', 1)], card, total: 12.5 }),
      JSON.stringify({ items: [item('a', 7), item('b', 2)], card: '12345', total: 3 }),
      JSON.stringify({ items: [item('a', 7)], card: '123456789', total: 3 }),
      JSON.stringify({ items: [item('a', 7), item('b', 9)], total: 0 }),
      JSON.stringify({ items: [item('a', 1)], card, total: 'many' }),
      JSON.stringify({ items: [{}] }),
    ],
    lines_min: 45,
  },
  {
    name: 'javascript/http-function',
    command: [process.execPath, '--import', join(fixture, 'trace-writes.js')],
    main: 'index.js',
    bodies: [
      '{',
      '{"id": 3}',
      '{}',
      JSON.stringify({ photo: { name: 'a', kind: 'raw', width: 4000 } }),
      JSON.stringify({ photo: { name: 'b', kind: 'jpeg', width: 300 } }),
      JSON.stringify({ photo: { name: 'c', kind: 'jpeg', width: 4000 }, fail: true }),
      JSON.stringify({ photo: { name: 'd', kind: 'jpeg', width: 4000 }, fail: true }),
      JSON.stringify({ photo: { name: 'e', kind: 'jpeg', width: 4000 }, fail: true }),
      JSON.stringify({ photo: { name: 'f', kind: 'gif' } }),
      JSON.stringify({ photo: { name: 'g', kind: 'jpeg', width: 10 } }),
    ],
    lines_min: 45,
  },
])('$name', ({ name, command, main, bodies, lines_min }) => {
  test('prints what the analysis says, in an order that it allows', async () => {
    const folder = join(golden, name);
    const { program } = await analyseSource(filesOf(folder));
    const lines = (await linesOf([...command, join(folder, main)], bodies)).filter(({ text }) => text !== '');
    expect(lines.length).toBeGreaterThanOrEqual(lines_min);

    const paths = new LogPaths(program!);
    const sitesOf = ({ text, stack }: Line) => {
      const running = stack.map(([file, line]) => `${file}:${line}`);
      return paths.matching(text).filter((site) => {
        const [, file, line] = /^(.*):(\d+):\d+$/.exec(program!.sites[site]!.address)!;
        return running.includes(`${join(folder, file!)}:${line}`);
      });
    };
    const unmatched = lines.filter((line) => sitesOf(line).length === 0).map(({ text }) => text);
    expect(unmatched).toEqual([]);

    let allowed = paths.first();
    const unexpected: string[] = [];
    for (const [index, line] of lines.entries()) {
      const sites = sitesOf(line);
      if (!sites.some((site) => allowed.has(site))) {
        unexpected.push(`${lines[index - 1]?.text ?? '(start)'} -> ${line.text}`);
      }
      allowed = new Set(sites.flatMap((site) => [...paths.after(site)]));
    }
    expect(unexpected).toEqual([]);

    const all = program!.sites.map((_, site) => paths.after(site).size);
    const share = all.reduce((sum, size) => sum + size, 0) / all.length ** 2;
    expect(share).toBeLessThanOrEqual(allowedShare_max);
  });
});

function filesOf(folder: string) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(py|js)$/.test(path) && statSync(join(folder, path)).isFile())
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
}

/** Starts the server, posts the bodies one after the other, and gives all that was printed. */
async function linesOf(command: readonly string[], bodies: readonly string[]): Promise<readonly Line[]> {
  const port = await freePort();
  const [program, ...args] = command;
  child = spawn(program!, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PORT: String(port), PYTHONDONTWRITEBYTECODE: '1' },
  });
  const lines: Line[] = [];
  const closed = new Promise((resolve) => child!.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    child!.once('error', reject);
    child!.once('exit', (code) => reject(new Error(`the program ended with ${code}`)));
    createInterface({ input: child!.stdout! }).on('line', (line) => {
      lines.push(JSON.parse(line) as Line);
      if (line.includes('listening on')) resolve();
    });
  });
  for (const body of bodies) {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
    await answer.text();
  }
  child.kill('SIGTERM');
  await closed;
  return lines;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address!.port : 0));
    });
  });
}
