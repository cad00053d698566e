import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { Agent, createServer, request, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Certificates } from '../../test/fixture/certificates.ts';
import { connectionFailure } from './connection-failure.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-failure-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ours = new Certificates(folder, 'ours');
const ca = readFileSync(ours.ca);

function serving(files: { cert: string; key: string }, more: ServerOptions = {}): Server {
  const pair = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
  return createServer({ ...pair, ...more }, (_, response) => void response.end());
}

async function failureAt(server: Server, scheme: string, trusted?: Buffer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return scheme === 'http' ? await fetched(url) : await requested(url, trusted);
  } finally {
    server.close();
  }
}

const fetched = (url: string): Promise<string> => fetch(url).then(() => 'none', connectionFailure);

function requested(url: string, trusted?: Buffer): Promise<string> {
  const agent = new Agent(trusted === undefined ? {} : { ca: trusted });
  return new Promise((resolve) => {
    const asked = request(url, { agent }, (response) => response.resume().once('end', () => resolve('none')));
    asked.once('error', (error) => resolve(connectionFailure(error))).end();
  });
}

test('what is wrong with a certificate is said', async () => {
  const good = ours.issue('good');
  expect(await failureAt(serving(good), 'https', ca)).toBe('none');
  expect(await failureAt(serving(good), 'https')).toMatch(/authority that is not trusted here \(UNABLE_/);
  const expired = ours.issue('expired', { days: -1 });
  expect(await failureAt(serving(expired), 'https', ca)).toMatch(/certificate has expired \(CERT_/);
  const other = ours.issue('other', { subject: 'DNS:ingest.example' });
  expect(await failureAt(serving(other), 'https', ca)).toMatch(
    /for other names, DNS:ingest\.example \(ERR_TLS/,
  );
  const wanting = serving(good, { ca, requestCert: true });
  expect(await failureAt(wanting, 'https', ca)).toMatch(/wants a certificate of whoever asks/);
});

test('a service that is not there, or speaks something else, is told apart', async () => {
  const nobody = createTcp().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address() as AddressInfo;
  await new Promise((resolve) => nobody.close(resolve));
  expect(await fetched(`http://127.0.0.1:${port}`)).toBe('nobody listens there (ECONNREFUSED)');
  expect(await failureAt(createHttp(), 'https', ca)).toMatch(/does not speak TLS there/);
  expect(await failureAt(serving(ours.issue('tls')), 'http')).toMatch(/https:\/\/ in place of http:\/\//);
});

test('a service that is silent is said to be', async () => {
  const silent = createTcp().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const late = await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(50) }).catch((e) => e);
  expect(connectionFailure(late)).toBe('there was no answer in time');
  silent.close();
});
