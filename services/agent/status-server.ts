/** Health and metrics of the agent on loopback, for whoever watches it. It must not know how the numbers come about. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenFailure } from '../runtime/listen-failure.ts';
import { AgentError } from './agent-error.ts';

const host = '127.0.0.1';

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly value: number;
}

export interface AgentStatus {
  /** What is wrong with the agent itself; empty while all goes well. */
  readonly troubles: readonly string[];
  /** Why ingest does not take batches; undefined while it does. */
  readonly ingest: string | undefined;
  readonly metrics: readonly Metric[];
}

export class StatusServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Rejects with AgentError where the port is taken. */
  static async listen(port: number, status: () => AgentStatus): Promise<StatusServer> {
    const server = createServer((request, response) => {
      const { code, type, text } = answer(request.url ?? '', status());
      response.writeHead(code, { 'content-type': type }).end(text);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        const hint = 'choose another with DISPROTRACK_AGENT_STATUS_PORT (0 takes any)';
        reject(new AgentError('port', listenFailure(cause, host, port), { cause, hint }));
      });
      server.listen(port, host, () => resolve());
    });
    return new StatusServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

function answer(url: string, status: AgentStatus): { code: number; type: string; text: string } {
  const plain = 'text/plain; charset=utf-8';
  if (url === '/metrics')
    return { code: 200, type: 'text/plain; version=0.0.4', text: metricsText(status.metrics) };
  if (url === '/health/live') {
    const { troubles } = status;
    return { code: troubles.length === 0 ? 200 : 503, type: plain, text: `${troubles.join('\n') || 'ok'}\n` };
  }
  if (url === '/health/ready') {
    const troubles = [
      ...status.troubles,
      ...(status.ingest === undefined ? [] : [`ingest: ${status.ingest}`]),
    ];
    return { code: troubles.length === 0 ? 200 : 503, type: plain, text: `${troubles.join('\n') || 'ok'}\n` };
  }
  return { code: 404, type: plain, text: 'there are /health/live, /health/ready and /metrics\n' };
}

function metricsText(metrics: readonly Metric[]): string {
  return metrics
    .map(
      ({ name, help, type, value }) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`,
    )
    .join('');
}
