/** nginx with debug log: files, errors, a proxied location, keep-alive, malformed requests. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accepts, http, talk } from '../client.ts';
import { logPath, type RealServer } from '../real-server.ts';

export const nginx: RealServer = {
  name: 'nginx',
  labels: 'nginx',
  packages: ['nginx'],
  async prepare(place) {
    const web = join(place.folder, 'web');
    mkdirSync(join(web, 'list'), { recursive: true });
    writeFileSync(join(web, 'index.html'), '<p>hello</p>\n'.repeat(50));
    writeFileSync(join(web, 'list', 'large.txt'), 'line of text\n'.repeat(20_000));
    const config = join(place.folder, 'nginx.conf');
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const folders = temporary.map((name) => `${name}_temp_path ${place.folder}/${name};`).join('\n');
    writeFileSync(
      config,
      `daemon off; worker_processes 1; pid ${place.folder}/pid; user root;
error_log ${logPath(place)} debug;
events { worker_connections 64; }
http { access_log off; gzip on; gzip_types text/plain; ${folders}
  server { listen 127.0.0.1:${place.port}; root ${web};
    location /list/ { autoindex on; }
    location /private/ { deny all; }
    location /move { return 301 /index.html; }
    location /try { try_files $uri /list/large.txt =404; }
    location /proxy/ { proxy_pass http://127.0.0.1:${place.port}/; }
    location /dead/ { proxy_pass http://127.0.0.1:9/; }
    location /rewrite/ { rewrite ^/rewrite/(.*)$ /$1 last; }
    location /small/ { client_max_body_size 10; proxy_pass http://127.0.0.1:${place.port}/; }
  } }
`,
    );
    return ['-p', place.folder, '-c', config, '-e', logPath(place)];
  },
  ready: ({ port }) => accepts(port),
  async use({ port }) {
    const paths = [
      '/',
      '/list/',
      '/list/large.txt',
      '/none',
      '/private/x',
      '/move',
      '/try',
      '/proxy/',
      '/dead/x',
    ];
    for (const path of [...paths, '/rewrite/index.html', '/proxy/list/large.txt', '/%zz', '/../x']) {
      await http(port, path);
      await http(port, path, { headers: { 'accept-encoding': 'gzip', connection: 'keep-alive' } });
    }
    await http(port, '/', { method: 'HEAD', headers: { 'if-modified-since': new Date().toUTCString() } });
    await http(port, '/list/large.txt', { headers: { range: 'bytes=0-99,200-299' } });
    await http(port, '/proxy/', { method: 'POST', body: 'x'.repeat(40_000) });
    await http(port, '/small/', { method: 'POST', body: 'x'.repeat(400) });
    await http(port, '/', { method: 'PUT', body: 'text' });
    await talk(port, ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /none HTTP/1.1\r\nHost: a\r\n\r\n']);
    await talk(port, ['nonsense\r\n\r\n']);
    await talk(port, ['GET / HTTP/1.1\r\n', 'Host: a\r\n', '\r\n']);
    await talk(port, ['GET / HTTP/1.1\r\nno colon\r\n\r\n']);
    await Promise.all(Array.from({ length: 6 }, () => http(port, '/proxy/list/')));
  },
};
