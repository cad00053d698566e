/** lighttpd with every debug option: files, errors, redirects, a proxied path. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accepts, http, talk } from '../client.ts';
import { logPath, type RealServer } from '../real-server.ts';

const debugOptions = [
  'request-handling',
  'request-header',
  'response-header',
  'file-not-found',
  'condition-handling',
];

export const lighttpd: RealServer = {
  name: 'lighttpd',
  labels: 'lighttpd',
  packages: ['lighttpd'],
  async prepare(place, files) {
    const web = join(place.folder, 'web');
    mkdirSync(join(web, 'list'), { recursive: true });
    writeFileSync(join(web, 'index.html'), '<p>hello</p>\n');
    writeFileSync(join(web, 'script.cgi'), '#!/bin/sh\necho "Content-Type: text/plain"\necho\necho hi\n', {
      mode: 0o755,
    });
    const config = join(place.folder, 'lighttpd.conf');
    writeFileSync(
      config,
      `server.document-root = "${web}"
server.port = ${place.port}
server.bind = "127.0.0.1"
server.errorlog = "${logPath(place)}"
server.modules = ("mod_access", "mod_redirect", "mod_rewrite", "mod_dirlisting", "mod_cgi", "mod_proxy", "mod_status")
index-file.names = ("index.html")
mimetype.assign = (".html" => "text/html")
url.access-deny = ("~")
url.redirect = ("^/move$" => "/index.html")
url.rewrite-once = ("^/old/(.*)" => "/$1")
cgi.assign = (".cgi" => "/bin/sh")
$HTTP["url"] =~ "^/list/" { dir-listing.activate = "enable" }
$HTTP["url"] =~ "^/dead/" { proxy.server = ("" => (("host" => "127.0.0.1", "port" => 9))) }
$HTTP["host"] == "other" { server.document-root = "/nowhere" }
debug.log-timeouts = "enable"
debug.log-state-handling = "enable"
${debugOptions.map((option) => `debug.log-${option} = "enable"`).join('\n')}
`,
    );
    return ['-D', '-f', config, '-m', join(files, 'usr/lib/lighttpd')];
  },
  ready: ({ port }) => accepts(port),
  async use({ port }) {
    const paths = [
      '/',
      '/index.html',
      '/none',
      '/list/',
      '/list',
      '/move',
      '/old/index.html',
      '/x~',
      '/script.cgi',
      '/dead/x',
    ];
    for (const path of paths) {
      await http(port, path);
      await http(port, path, { method: 'HEAD', headers: { host: 'other' } });
      await http(port, path, {
        headers: { connection: 'keep-alive', 'if-modified-since': new Date().toUTCString() },
      });
    }
    await http(port, '/', { method: 'POST', body: 'x'.repeat(70_000) });
    await http(port, '/', { method: 'DELETE' });
    await http(port, '/index.html', { headers: { range: 'bytes=0-3' } });
    await talk(port, ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /none HTTP/1.1\r\nHost: a\r\n\r\n']);
    await talk(port, ['nonsense\r\n\r\n']);
    await talk(port, ['GET / HTTP/1.1\r\nno colon\r\n\r\n']);
    await talk(port, ['GET /a b HTTP/1.1\r\n', 'Host: a\r\n', '\r\n']);
    await Promise.all(Array.from({ length: 6 }, () => http(port, '/script.cgi')));
  },
};
