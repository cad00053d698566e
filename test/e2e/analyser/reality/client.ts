/** Clients of the servers under test, on loopback alone. */
import { createSocket } from 'node:dgram';
import { request } from 'node:http';
import { connect } from 'node:net';

const ms_max = 5_000;

export interface HttpOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A whole URL, for a proxy. */
  readonly url?: string;
}

/** The status; 0 where there was no answer. */
export function http(port: number, path: string, options: HttpOptions = {}): Promise<number> {
  return new Promise((resolve) => {
    const { method = 'GET', headers = {}, body, url } = options;
    const sent = request(
      { host: '127.0.0.1', port, path: url ?? path, method, headers, timeout: ms_max },
      (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
        answer.once('error', () => resolve(0));
      },
    );
    sent.once('timeout', () => sent.destroy());
    sent.once('error', () => resolve(0));
    sent.end(body);
  });
}

/** Sends each part after the answer to the one before, or after a moment's silence; gives all that came back. */
export function talk(
  port: number,
  parts: readonly (string | Uint8Array)[],
  silence_ms = 60,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let heard = '';
    let next = 0;
    const advance = (): void => {
      if (next < parts.length) socket.write(parts[next++]!);
      else socket.end();
    };
    socket.setTimeout(silence_ms, advance);
    socket.once('connect', advance);
    socket.on('data', (data) => {
      heard += data.toString('latin1');
    });
    socket.once('error', () => resolve(heard));
    socket.once('close', () => resolve(heard));
    setTimeout(() => socket.destroy(), ms_max + parts.length * silence_ms * 4).unref();
  });
}

export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** One datagram, and whether an answer came. */
export function ask(port: number, datagram: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const finish = (answered: boolean): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answered);
    };
    const timer = setTimeout(() => finish(false), 400);
    socket.once('message', () => finish(true));
    socket.once('error', () => finish(false));
    socket.send(datagram, port, '127.0.0.1');
  });
}
