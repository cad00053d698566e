/** tinyproxy at its most talkative: requests through it, tunnels, refusals, dead servers. */

import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { accepts, http, talk } from '../client.ts';
import { logPath, type RealServer } from '../real-server.ts';

export const tinyproxy: RealServer = {
  name: 'tinyproxy',
  labels: 'tinyproxy',
  packages: ['tinyproxy-bin'],
  async prepare(place) {
    const config = join(place.folder, 'tinyproxy.conf');
    writeFileSync(join(place.folder, 'filter'), 'forbidden\n');
    writeFileSync(
      config,
      `Port ${place.port}
Listen 127.0.0.1
Timeout 10
LogFile "${logPath(place)}"
LogLevel Info
MaxClients 20
ConnectPort ${place.port + 1}
Filter "${place.folder}/filter"
FilterURLs On
ReversePath "/back/" "http://127.0.0.1:${place.port + 1}/"
Upstream none "127.0.0.1"
AddHeader "X-Test" "yes"
`,
    );
    return ['-d', '-c', config];
  },
  ready: ({ port }) => accepts(port),
  async use({ port }) {
    const origin = createServer((_, answer) => answer.end('hello')).listen(port + 1, '127.0.0.1');
    const to = `http://127.0.0.1:${port + 1}`;
    for (const url of [
      `${to}/`,
      `${to}/x`,
      `${to}/forbidden`,
      'http://127.0.0.1:9/',
      'http://no.invalid/',
      'ftp://x/',
    ]) {
      await http(port, '/', { url });
      await http(port, '/', { url, method: 'POST', body: 'text' });
    }
    await http(port, '/back/x');
    await http(port, '/direct');
    await talk(port, [
      `CONNECT 127.0.0.1:${port + 1} HTTP/1.1\r\n\r\n`,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    ]);
    await talk(port, ['CONNECT 127.0.0.1:22 HTTP/1.1\r\n\r\n']);
    await talk(port, ['nonsense\r\n\r\n']);
    await talk(port, ['GET\r\n\r\n']);
    await talk(port, [`GET ${to}/ HTTP/0.9\r\n\r\n`]);
    await Promise.all(Array.from({ length: 6 }, (_, i) => http(port, '/', { url: `${to}/${i}` })));
    origin.close();
    origin.closeAllConnections();
  },
};
