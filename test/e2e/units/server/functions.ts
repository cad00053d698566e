/** Functions: PHP under php-fpm, Python by threads, Node by its event loop, the latter two also behind a proxy in Go. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../analyser/tool/command.ts';
import { installTools } from '../../analyser/tool/install.ts';
import type { ServerContainer } from '../../capture/server-container.ts';
import { type UnitServer, writeTagged } from '../unit-server.ts';
import { fpmLines, proxyLines } from './true-lines.ts';

const fpmPath = (): string =>
  join('/usr/sbin', readdirSync('/usr/sbin').find((name) => name.startsWith('php-fpm'))!);

const fpm = (name: string, protocol: UnitServer['protocol'], model: string): UnitServer => ({
  name,
  model,
  isAsync: false,
  packages: ['php-fpm'],
  port: 9000,
  protocol,
  prepare(container, tags) {
    mkdirSync(join(container.root, 'var/log/php-fpm'));
    writeTagged(container, 'srv/f', tags);
    container.write(
      'srv/app.php',
      `<?php
$tag = $_GET['tag'];
echo strlen(file_get_contents("/srv/f/$tag.html"));
`,
    );
    container.write(
      'etc/php-fpm.conf',
      `[global]
daemonize = no
error_log = /var/log/php-fpm/error.log
log_level = debug
[www]
user = www-data
group = www-data
listen = 127.0.0.1:9000
pm = static
pm.max_children = 36
access.log = /var/log/php-fpm/access.log
access.format = "%p %m %r?%q %s"
`,
    );
  },
  command: () => [fpmPath(), '--nodaemonize', '--fpm-config', '/etc/php-fpm.conf'],
  get binaries() {
    return [fpmPath()];
  },
  lines: fpmLines,
});

const pythonFunction = (port: number): string => `import http.server, logging, sys
logging.basicConfig(filename="/var/log/app.log", level=logging.INFO, format="%(process)d %(created)f %(message)s")
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        tag = self.headers["X-Tag"]
        logging.info("request %s for %s", tag, self.path)
        with open("/srv" + self.path, "rb") as file:
            body = file.read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        print("answered", tag, flush=True)
    def log_message(self, *_):
        pass
class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64
Server(("127.0.0.1", ${port}), Handler).serve_forever()
`;

const nodeFunction = (port: number): string => `const fs = require('node:fs');
require('node:http').createServer((request, response) => {
  const tag = request.headers['x-tag'];
  console.log('asked for', tag);
  fs.readFile('/srv' + request.url, (error, body) => {
    response.setHeader('content-length', body.length);
    response.end(body);
    console.error('answered', tag);
  });
}).listen(${port}, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

function writePython(container: ServerContainer, port: number): void {
  container.write('srv/server.py', pythonFunction(port));
}

function writeNode(container: ServerContainer, port: number): void {
  copyFileSync(process.execPath, join(container.root, 'srv/node'));
  container.write('srv/server.cjs', nodeFunction(port));
}

const python: UnitServer = {
  name: 'python3',
  model: 'a thread for each connection',
  isAsync: false,
  packages: ['python3'],
  port: 8080,
  protocol: 'http',
  prepare(container, tags) {
    writeTagged(container, 'srv/f', tags);
    writePython(container, 8080);
  },
  command: () => ['/usr/bin/python3', '/srv/server.py'],
  binaries: [],
  lines: [],
};

const node: UnitServer = {
  name: 'node',
  model: 'an event loop, files by other threads',
  isAsync: true,
  packages: [],
  port: 8080,
  protocol: 'http',
  prepare(container, tags) {
    writeTagged(container, 'srv/f', tags);
    writeNode(container, 8080);
  },
  command: () => ['/srv/node', '/srv/server.cjs'],
  binaries: [],
  lines: [],
};

const proxy = fileURLToPath(new URL('../../../../.cache/units/function-proxy', import.meta.url));
const proxySource = fileURLToPath(new URL('./function-proxy.go', import.meta.url));

/** Anew where its source is newer. */
async function buildProxy(): Promise<void> {
  if (existsSync(proxy) && statSync(proxy).mtimeMs > statSync(proxySource).mtimeMs) return;
  await installTools('go');
  mkdirSync(dirname(proxy), { recursive: true });
  const env = { CGO_ENABLED: '0', GO111MODULE: 'off' };
  await run('no proxy', 'go', ['build', '-o', proxy, proxySource], { env });
}

function behindProxy(
  { packages, command }: UnitServer,
  name: string,
  model: string,
  write: (container: ServerContainer, port: number) => void,
): UnitServer {
  return {
    ...{ name, model, packages, port: 8080, protocol: 'http', isAsync: true },
    build: buildProxy,
    prepare(container, tags) {
      writeTagged(container, 'srv/f', tags);
      write(container, 3000);
      copyFileSync(proxy, join(container.root, 'srv/function-proxy'));
    },
    command: () => ['/srv/function-proxy', '127.0.0.1:8080', '127.0.0.1:3000', '/srv/asked', ...command()],
    asked: 'srv/asked',
    binaries: [proxy],
    lines: proxyLines,
  };
}

export const functions: readonly UnitServer[] = [
  fpm('php-fpm', 'fastcgi-once', 'a process for each request, a connection for each as web servers make'),
  fpm('php-fpm-kept', 'fastcgi', 'a process for each connection, which is kept'),
  python,
  node,
  behindProxy(python, 'go-python3', 'goroutines before a function of threads', writePython),
  behindProxy(node, 'go-node', 'goroutines before a function of an event loop', writeNode),
];
