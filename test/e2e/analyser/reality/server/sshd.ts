/** sshd at DEBUG3: commands, sessions, a forwarded port, wrong users and keys, port scans. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../tool/command.ts';
import { accepts, talk } from '../client.ts';
import type { Place, RealServer } from '../real-server.ts';

export const sshd: RealServer = {
  name: 'sshd',
  labels: 'sshd',
  packages: ['openssh-server', 'openssh-client'],
  otherThread: / \[preauth\]$/,
  async prepare(place) {
    // The child that holds no privileges is confined to this folder.
    mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    for (const name of ['host', 'user', 'stranger']) {
      const args = ['-q', '-t', 'ed25519', '-N', '', '-f', join(place.folder, name)];
      await run('could not make a key', 'ssh-keygen', args);
    }
    writeFileSync(join(place.folder, 'authorized'), readFileSync(join(place.folder, 'user.pub')));
    chmodSync(join(place.folder, 'authorized'), 0o600);
    const config = join(place.folder, 'sshd_config');
    writeFileSync(
      config,
      `Port ${place.port}
ListenAddress 127.0.0.1
HostKey ${place.folder}/host
AuthorizedKeysFile ${place.folder}/authorized
PidFile ${place.folder}/pid
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
UsePAM no
LogLevel DEBUG3
Subsystem sftp internal-sftp
MaxAuthTries 3
`,
    );
    return ['-D', '-e', '-f', config];
  },
  ready: ({ port }) => accepts(port),
  async use(place) {
    await ssh(place, 'user', 'root', ['true']);
    await ssh(place, 'user', 'root', ['sh', '-c', '"echo a; exit 3"']);
    await ssh(place, 'user', 'root', ['-tt', 'echo terminal']);
    await ssh(
      place,
      'user',
      'root',
      ['-N', '-L', `${place.port + 1}:127.0.0.1:9`, '-o', 'ExitOnForwardFailure=yes'],
      1,
    );
    await ssh(place, 'user', 'root', ['-s', 'sftp']);
    await ssh(place, 'user', 'root', ['-s', 'none']);
    await ssh(place, 'stranger', 'root', ['true']);
    await ssh(place, 'user', 'nobody-here', ['true']);
    await ssh(place, 'user', 'root', ['-o', 'Ciphers=aes128-cbc', 'true']);
    await ssh(place, 'user', 'root', ['-R', '0:127.0.0.1:9', 'sleep 0.2']);
    await talk(place.port, ['SSH-1.0-old\r\n']);
    await talk(place.port, ['GET / HTTP/1.0\r\n\r\n']);
    await talk(place.port, ['SSH-2.0-x\r\n', 'garbage that is no packet at all, but long enough for one']);
  },
};

/** Whether it succeeds is not asked. */
async function ssh(
  place: Place,
  key: string,
  user: string,
  rest: readonly string[],
  seconds = 10,
): Promise<void> {
  const options = [
    '-F',
    'none',
    '-i',
    join(place.folder, key),
    '-p',
    String(place.port),
    '-o',
    'BatchMode=yes',
  ];
  const known = [
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'IdentitiesOnly=yes',
  ];
  const first = rest.filter(
    (arg, i) => arg.startsWith('-') || ['-L', '-R', '-o'].includes(rest[i - 1] ?? ''),
  );
  const last = rest.filter((arg) => !first.includes(arg));
  const target = [...options, ...known, ...first, `${user}@127.0.0.1`, ...last];
  await run('ssh', 'timeout', [String(seconds), 'ssh', ...target]).catch(() => {});
}
