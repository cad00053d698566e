import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type HttpLimits, plainServer } from './http-server.ts';

const generous: HttpLimits = {
  request_ms_max: 10_000,
  headers_ms_max: 10_000,
  header_bytes_max: 16 << 10,
  connections_max: 10,
};
let server: Server;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
});

async function listening(limits: Partial<HttpLimits>): Promise<void> {
  server = plainServer((_request, response) => response.end('ok'), { ...generous, ...limits });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

/** What is answered to `text`, and to nothing more, until the server ends the connection. */
async function answer(text: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk;
  });
  socket.on('error', () => {});
  socket.write(text);
  await once(socket, 'close');
  return said.split('\r\n')[0]!;
}

const head = 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n';

test('a head that is too large is refused', async () => {
  await listening({ header_bytes_max: 2_048 });
  expect(await answer(`${head}\r\n`)).toBe('HTTP/1.1 200 OK');
  expect(await answer(`${head}x: ${'y'.repeat(4_096)}\r\n\r\n`)).toContain('431');
});

test('who takes too long over a head, or over a body, is cut off', async () => {
  await listening({ headers_ms_max: 100, request_ms_max: 300 });
  expect(await answer(head)).toContain('408');
  server.close();
  server = plainServer((request) => request.resume(), {
    ...generous,
    headers_ms_max: 100,
    request_ms_max: 300,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  expect(await answer('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc')).toContain('408');
});

test('there are no more connections than its bound', async () => {
  await listening({ connections_max: 2 });
  const { port } = server.address() as AddressInfo;
  for (let i = 0; i < 2; i++) {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
  }
  expect(await answer(`${head}\r\n`)).toBe('');
});
