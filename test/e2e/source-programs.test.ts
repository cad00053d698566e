/**
 * Programs of every language run for real: each line that they print must match a log message string (where the
 * language tells, of the call that printed it), and follow on the one before by a path in the program that the
 * analyser made of the source.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import type { LogProgram } from '../../services/analyser/lms-cfg/log-program.ts';
import { analyseSource } from '../../services/analyser/source/analyse-source.ts';
import { LogPaths } from '../fixture/log-path.ts';
import { goCache } from './analyser/debian/package-store.ts';
import { installTools } from './analyser/tool/install.ts';

interface Line {
  readonly text: string;
  /** Files and lines of the calls that were running, where the language tells. */
  readonly stack?: readonly (readonly [string, number])[];
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

    const judged = new Judged(program!, folder);
    judged.check(lines);
    expect(judged.share).toBeLessThanOrEqual(allowedShare_max);
  });
});

const corpus = fileURLToPath(new URL('../corpus/go-program/', import.meta.url));

describe.each([
  {
    name: 'PHP',
    tool: 'php',
    folder: join(golden, 'php', 'http-function'),
    command: (folder: string) => ['php', '-d', 'display_errors=0', join(folder, 'index.php')],
    inputs: [
      '{',
      '{"lines": []}',
      JSON.stringify({
        lines: [
          { kind: 'gift', sku: 'a', count: 2 },
          { sku: 'b', count: 4 },
        ],
      }),
      JSON.stringify({ lines: [{ kind: 'odd' }, { sku: 'a', count: 8 }, { sku: 'b', count: 1 }] }),
      JSON.stringify({
        lines: [
          { sku: 'a', count: 10 },
          { sku: 'b', count: 1 },
        ],
      }),
    ].map((body) => ({ body, args: [] })),
    lines_min: 20,
  },
  {
    name: 'Java',
    tool: 'javac',
    folder: join(golden, 'java'),
    command: (folder: string) => [
      'java',
      '-Djava.util.logging.SimpleFormatter.format=%5$s%n',
      join(folder, 'JobQueue.java'),
    ],
    inputs: ['', 'one\n\ntwox\nbad\nfour\nfive\n'].map((body) => ({ body, args: [] })),
    lines_min: 15,
  },
  {
    name: 'Go',
    tool: 'go',
    folder: corpus,
    command: goProgram,
    inputs: [0, 1, 3, 4].map((count) => ({ body: '', args: Array.from({ length: count }, () => 'order') })),
    lines_min: 30,
  },
])('$name', ({ tool, folder, command, inputs, lines_min }) => {
  test('prints what the analysis says, in an order that it allows', async () => {
    await installTools(tool);
    const files = filesOf(folder).filter(({ path }) => path !== 'OrderService.java');
    const { program } = await analyseSource(files);
    const judged = new Judged(program!, folder);
    const [file, ...first] = command(folder);
    let count = 0;
    for (const { body, args } of inputs) {
      // Both streams as one, in the order in which they were written.
      const merged = ['-c', 'exec "$@" 2>&1', 'sh', file!, ...first, ...args];
      const { stdout, error } = spawnSync('sh', merged, { input: body, encoding: 'utf8' });
      expect(error).toBeUndefined();
      const texts = stdout.split('\n').filter((text) => text !== '');
      judged.check(texts.map((text) => ({ text: /msg="([^"]*)"/.exec(text)?.[1] ?? text })));
      count += texts.length;
    }
    expect(count).toBeGreaterThanOrEqual(lines_min);
    expect(judged.share).toBeLessThanOrEqual(allowedShare_max);
  }, 600_000);
});

function goProgram(folder: string): string[] {
  const built = mkdtempSync(join(tmpdir(), 'disprotrack-go-source-'));
  onTestFinished(() => rmSync(built, { recursive: true, force: true }));
  const settings = {
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=mod',
    GOTOOLCHAIN: 'local',
    GOCACHE: goCache,
  };
  const env = { ...process.env, ...settings };
  const build = spawnSync('go', ['build', '-o', join(built, 'program'), '.'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  expect(build.stderr).toBe('');
  return [join(built, 'program')];
}

/** Lines of one run after the other against a program. */
class Judged {
  readonly #program: LogProgram;
  readonly #folder: string;
  readonly #paths: LogPaths;

  constructor(program: LogProgram, folder: string) {
    this.#program = program;
    this.#folder = folder;
    this.#paths = new LogPaths(program);
  }

  /** Pairs that the program allows, of all. */
  get share(): number {
    const all = this.#program.sites.map((_, site) => this.#paths.after(site).size);
    return all.reduce((sum, size) => sum + size, 0) / all.length ** 2;
  }

  check(lines: readonly Line[]): void {
    const unmatched = lines.filter((line) => this.#sitesOf(line).length === 0).map(({ text }) => text);
    expect(unmatched).toEqual([]);
    let allowed = this.#paths.first();
    const unexpected: string[] = [];
    for (const [index, line] of lines.entries()) {
      const sites = this.#sitesOf(line);
      if (!sites.some((site) => allowed.has(site))) {
        unexpected.push(`${lines[index - 1]?.text ?? '(start)'} -> ${line.text}`);
      }
      allowed = new Set(sites.flatMap((site) => [...this.#paths.after(site)]));
    }
    expect(unexpected).toEqual([]);
  }

  #sitesOf({ text, stack }: Line): readonly number[] {
    const matching = this.#paths.matching(text);
    if (stack === undefined) return matching;
    const running = stack.map(([file, line]) => `${file}:${line}`);
    return matching.filter((site) => {
      const [, file, line] = /^(.*):(\d+):\d+$/.exec(this.#program.sites[site]!.address)!;
      return running.includes(`${join(this.#folder, file!)}:${line}`);
    });
  }
}

function filesOf(folder: string) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(py|js|php|java|go)$/.test(path) && statSync(join(folder, path)).isFile())
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
