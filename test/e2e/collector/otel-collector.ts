/** A real OpenTelemetry Collector, built from its own modules once, as a process that tails files. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../analyser/tool/command.ts';

const source = fileURLToPath(new URL('./', import.meta.url));
const kept = fileURLToPath(new URL('../../../.cache/collector', import.meta.url));
/** From there on a Go that is too old for a module fetches one that is not. */
const go_minor_min = 21;

/** Undefined where a collector can be built here; otherwise why not. */
export function whyNoCollector(): string | undefined {
  const said = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  const minor = /^go1\.(\d+)/.exec(said.stdout ?? '')?.[1];
  return minor !== undefined && Number(minor) >= go_minor_min
    ? undefined
    : `no Go 1.${go_minor_min} or newer, of which a collector is built`;
}

/** Path of the program. Takes a minute of two processors the first time. */
export async function collectorProgram(): Promise<string> {
  const files = ['main.go', 'go.mod', 'go.sum'].map((name) => readFileSync(join(source, name)));
  const hash = createHash('sha256').update(Buffer.concat(files)).digest('hex').slice(0, 16);
  const program = join(kept, hash);
  if (existsSync(program)) return program;
  mkdirSync(kept, { recursive: true });
  const part = `${program}.part`;
  await run('could not build a collector', 'go', ['build', '-trimpath', '-o', part, '.'], { cwd: source });
  renameSync(part, program);
  return program;
}

export interface CollectorOptions {
  readonly program: string;
  /** For its configuration and what it keeps. */
  readonly folder: string;
  readonly logs: string;
  /** Of its exporter. */
  readonly exporter: Readonly<Record<string, unknown>>;
}

export class OtelCollector {
  readonly #options: CollectorOptions;
  #child: ChildProcess | undefined;
  said = '';

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Goes on where it ended. */
  start(): void {
    const { program, folder } = this.#options;
    mkdirSync(join(folder, 'state'), { recursive: true });
    const path = join(folder, 'collector.json');
    writeFileSync(path, JSON.stringify(this.#configuration()));
    const child = spawn(program, ['--config', path], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.said += text;
    });
    this.#child = child;
  }

  /** In order: what it read is sent, or kept for its next start. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  #configuration(): unknown {
    const { folder, logs, exporter } = this.#options;
    return {
      extensions: { file_storage: { directory: join(folder, 'state') } },
      receivers: {
        file_log: {
          include: [logs],
          start_at: 'beginning',
          include_file_path: true,
          storage: 'file_storage',
          poll_interval: '50ms',
          resource: { 'host.name': 'node1', 'service.name': 'web' },
        },
      },
      exporters: {
        otlp_http: {
          retry_on_failure: { initial_interval: '100ms', max_interval: '500ms' },
          sending_queue: { storage: 'file_storage' },
          ...exporter,
        },
      },
      service: {
        extensions: ['file_storage'],
        telemetry: { metrics: { level: 'none' } },
        pipelines: { logs: { receivers: ['file_log'], exporters: ['otlp_http'] } },
      },
    };
  }
}
