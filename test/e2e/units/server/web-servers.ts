/** Web servers that give files: Apache by each of its models, nginx, lighttpd. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type UnitServer, writeTagged } from '../unit-server.ts';
import { apacheLines, lighttpdLines, nginxLines } from './true-lines.ts';

function apache(model: 'prefork' | 'worker' | 'event'): UnitServer {
  return {
    name: `apache2-${model}`,
    model:
      model === 'prefork'
        ? 'a process for each connection'
        : 'a thread for each request, in several processes',
    isAsync: false,
    packages: ['apache2'],
    port: 8080,
    protocol: 'http',
    prepare(container, tags) {
      mkdirSync(join(container.root, 'var/log/apache2'));
      writeTagged(container, 'srv/www/f', tags);
      const size =
        model === 'prefork'
          ? 'StartServers 40\nMinSpareServers 40\nMaxSpareServers 40\nMaxRequestWorkers 40'
          : 'StartServers 2\nServerLimit 2\nThreadsPerChild 25\nMaxRequestWorkers 50\nMinSpareThreads 50\nMaxSpareThreads 50';
      container.write(
        'etc/apache2.conf',
        `ServerRoot /srv
ServerName test
PidFile /run/apache2.pid
Listen 127.0.0.1:8080
LoadModule mpm_${model}_module /usr/lib/apache2/modules/mod_mpm_${model}.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
User www-data
Group www-data
DocumentRoot /srv/www
KeepAlive On
KeepAliveTimeout 30
MaxKeepAliveRequests 0
${size}
LogLevel info
ErrorLog /var/log/apache2/error.log
LogFormat "%P %{X-Tag}i %m %U %>s" short
CustomLog /var/log/apache2/access.log short
`,
      );
    },
    command: () => ['/usr/sbin/apache2', '-f', '/etc/apache2.conf', '-D', 'FOREGROUND'],
    binaries: ['/usr/sbin/apache2', `/usr/lib/apache2/modules/mod_mpm_${model}.so`],
    lines: apacheLines,
  };
}

const nginx: UnitServer = {
  name: 'nginx',
  model: 'an event loop in each of two processes',
  isAsync: true,
  packages: ['nginx'],
  port: 8080,
  protocol: 'http',
  prepare(container, tags) {
    mkdirSync(join(container.root, 'var/log/nginx'));
    mkdirSync(join(container.root, 'var/lib/nginx'));
    writeTagged(container, 'srv/f', tags);
    container.write(
      'etc/nginx.conf',
      `worker_processes 2;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log info;
events { worker_connections 256; }
http {
  log_format short '$pid $msec $http_x_tag "$request" $status';
  access_log /var/log/nginx/access.log short;
  keepalive_requests 1000;
  server { listen 127.0.0.1:8080; root /srv; }
}
`,
    );
  },
  command: () => ['/usr/sbin/nginx', '-c', '/etc/nginx.conf', '-g', 'daemon off;'],
  binaries: ['/usr/sbin/nginx'],
  lines: nginxLines,
};

const lighttpd: UnitServer = {
  name: 'lighttpd',
  model: 'one event loop',
  isAsync: true,
  packages: ['lighttpd'],
  port: 8080,
  protocol: 'http',
  prepare(container, tags) {
    mkdirSync(join(container.root, 'var/log/lighttpd'));
    writeTagged(container, 'srv/f', tags);
    container.write(
      'etc/lighttpd.conf',
      `server.modules = ("mod_accesslog")
server.bind = "127.0.0.1"
server.port = 8080
server.document-root = "/srv"
server.errorlog = "/var/log/lighttpd/error.log"
server.max-keep-alive-requests = 1000
server.max-keep-alive-idle = 30
accesslog.filename = "/var/log/lighttpd/access.log"
accesslog.format = "%{X-Tag}i %m %U %s"
debug.log-request-handling = "enable"
debug.log-state-handling = "enable"
mimetype.assign = (".html" => "text/html")
`,
    );
  },
  command: () => ['/usr/sbin/lighttpd', '-D', '-f', '/etc/lighttpd.conf'],
  binaries: ['/usr/sbin/lighttpd'],
  lines: lighttpdLines,
};

export const webServers: readonly UnitServer[] = [
  apache('prefork'),
  apache('worker'),
  apache('event'),
  nginx,
  lighttpd,
];
