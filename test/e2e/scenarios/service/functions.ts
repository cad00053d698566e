/**
 * Functions behind a gateway: nginx hands `/function/NAME` on to the function's container, over a connection for each
 * request. A function answers with the port that it was asked from (X-Peer), which is the truth of the hop. It must
 * not know what is done to it.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Answered } from '../outside.ts';
import type { Host } from '../scenario.ts';
import type { RequestPlace, Step } from '../truth.ts';

export const gateway = '10.77.0.10';

/** Functions are found by their names. */
export function gatewayHost(functions: Readonly<Record<string, string>>): Host {
  const locations = Object.entries(functions).map(
    ([name, address]) => `    location /function/${name} { proxy_pass http://${address}:8080/; }\n`,
  );
  return {
    name: 'gateway',
    address: gateway,
    prepare(container) {
      for (const folder of ['var/log/nginx', 'var/lib/nginx']) mkdirSync(join(container.root, folder));
      container.write(
        'etc/nginx.conf',
        `worker_processes 2;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events { worker_connections 256; }
http {
  access_log /var/log/nginx/access.log;
  server {
    listen ${gateway}:80;
${locations.join('')}  }
}
`,
      );
    },
    command: () => ['/usr/sbin/nginx', '-c', '/etc/nginx.conf', '-g', 'daemon off;'],
    ports: [80],
  };
}

/**
 * A function in Python: `handle(request: bytes) -> str`, a thread for each connection. With what else is in its
 * container, and in its environment.
 */
export function pythonFunction(
  name: string,
  address: string,
  handler: string,
  files: Readonly<Record<string, string>> = {},
  environment: readonly string[] = [],
): Host {
  return {
    name,
    address,
    prepare(container) {
      container.write('srv/handler.py', handler);
      container.write('srv/server.py', pythonServer);
      for (const [path, text] of Object.entries(files)) container.write(path, text);
    },
    command: () => [
      '/usr/bin/env',
      'PATH=/usr/bin:/bin',
      ...environment,
      '/usr/bin/python3',
      '-B',
      '/srv/server.py',
    ],
    ports: [8080],
  };
}

/** A function in Node: `exports.handle = (request, done) => …`, one event loop. */
export function nodeFunction(
  name: string,
  address: string,
  handler: string,
  files: Readonly<Record<string, string>> = {},
): Host {
  return {
    name,
    address,
    prepare(container) {
      copyFileSync(process.execPath, join(container.root, 'srv/node'));
      container.write('srv/handler.cjs', handler);
      container.write('srv/server.cjs', nodeServer);
      for (const [path, text] of Object.entries(files)) container.write(path, text);
    },
    command: () => ['/usr/bin/env', 'PATH=/usr/bin:/bin', '/srv/node', '/srv/server.cjs'],
    ports: [8080],
  };
}

/** Steps of a request from its client to the function. */
export function functionSteps(name: string, answered: Answered): Step[] {
  const peer = answered.headers.get('x-peer')!;
  return [
    { what: `the client's connection`, at: { kind: 'connection', from: answered.client } },
    {
      what: 'the gateway takes the request',
      at: { kind: 'request', container: 'gateway', client: answered.client },
    },
    { what: 'it asks the function', at: { kind: 'connection', from: peer } },
    { what: 'the function serves it', at: functionRequest(name, answered) },
  ];
}

export function functionRequest(name: string, answered: Answered): RequestPlace {
  return { kind: 'request', container: name, client: answered.headers.get('x-peer')! };
}

const pythonServer = `import http.server, logging
import handler
logging.basicConfig(filename="/var/log/function.log", level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            status, answer = 200, handler.handle(body)
        except Exception as problem:
            logging.error("failed: %s", problem)
            status, answer = 500, str(problem)
        data = answer.encode()
        self.send_response(status)
        self.send_header("X-Peer", "%s:%d" % self.client_address)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    def log_message(self, *_):
        pass

class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64
Server(("0.0.0.0", 8080), Handler).serve_forever()
`;

const nodeServer = `const handler = require('/srv/handler.cjs');
require('node:http').createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => handler.handle(Buffer.concat(parts), (error, answer) => {
    if (error) console.error('failed: %s', error.message);
    response.writeHead(error ? 500 : 200, { 'X-Peer': request.socket.remoteAddress + ':' + request.socket.remotePort });
    response.end(error ? error.message : answer);
  }));
}).listen(8080, '0.0.0.0');
process.on('SIGTERM', () => process.exit(0));
`;
