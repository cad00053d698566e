/** Servers that make a process for each session: OpenSSH, vsftpd. */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../../analyser/tool/command.ts';
import { type UnitServer, writeTagged } from '../unit-server.ts';
import { ftpLines, sshLines } from './true-lines.ts';

const openssh: UnitServer = {
  name: 'openssh',
  model: 'two processes for each session, and one that listens',
  isAsync: false,
  packages: ['openssh-server', 'openssh-client'],
  port: 2222,
  protocol: 'ssh',
  async prepare(container, tags) {
    const { root } = container;
    writeTagged(container, 'srv/f', tags);
    for (const folder of ['run/sshd', 'etc/ssh', 'var/log/sshd']) mkdirSync(join(root, folder));
    const keys = [join(root, 'etc/ssh/host_key'), join(root, 'etc/ssh/key')];
    for (const key of keys) await run('no key', 'ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    renameSync(keys[1]!, join(dirname(dirname(root)), 'key'));
    // A user for each tag: that is what its log calls a session.
    const users = tags.map((tag, i) => `${tag}:x:${20_000 + i}:65534::/tmp:/bin/sh\n`);
    container.write('etc/passwd', readFileSync(join(root, 'etc/passwd'), 'utf8') + users.join(''));
    container.write(
      'etc/ssh/sshd_config',
      `Port 2222
ListenAddress 127.0.0.1
HostKey /etc/ssh/host_key
AuthorizedKeysFile /etc/ssh/key.pub
UsePAM no
MaxStartups 100
LogLevel VERBOSE
StrictModes no
`,
    );
  },
  command: () => ['/usr/sbin/sshd', '-D', '-f', '/etc/ssh/sshd_config', '-E', '/var/log/sshd/sshd.log'],
  binaries: ['/usr/sbin/sshd'],
  lines: sshLines,
};

const vsftpd: UnitServer = {
  name: 'vsftpd',
  model: 'two processes for each session, and one that listens',
  isAsync: false,
  packages: ['vsftpd'],
  port: 2121,
  protocol: 'ftp',
  prepare(container, tags) {
    writeTagged(container, 'srv/f', tags);
    for (const folder of ['run/vsftpd', 'srv/ftp']) mkdirSync(join(container.root, folder));
    container.write(
      'etc/vsftpd.conf',
      `listen=YES
listen_address=127.0.0.1
listen_port=2121
background=NO
anonymous_enable=YES
anon_root=/srv
secure_chroot_dir=/run/vsftpd
xferlog_enable=YES
log_ftp_protocol=YES
vsftpd_log_file=/var/log/vsftpd.log
`,
    );
  },
  // As the first process of its pids it crashes on the end of a process that it did not start itself.
  command: () => [...['/bin/sh', '-c'], 'trap "exit 0" TERM; /usr/sbin/vsftpd /etc/vsftpd.conf & wait'],
  binaries: ['/usr/sbin/vsftpd'],
  lines: ftpLines,
};

export const sessionServers: readonly UnitServer[] = [openssh, vsftpd];
