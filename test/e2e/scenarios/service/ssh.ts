/**
 * OpenSSH beside a service in one container, for root and by keys alone, and its client. Whoever is logged in can say
 * which connection that was (SSH_CONNECTION), which is the truth of it. It must not know what is done to it.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerContainer } from '../../capture/server-container.ts';
import type { Step } from '../truth.ts';

export const sshPackages = ['openssh-server', 'openssh-client'];

/** Whoever has this key may log in. */
export function addSshServer(container: ServerContainer, key: SshKey): void {
  mkdirSync(join(container.root, 'run/sshd'), { recursive: true });
  container.write('etc/ssh/sshd_config', sshdConfig);
  // No password fits, but the account is not locked.
  container.write('etc/shadow', 'root:*:19000:0:99999:7:::\nsshd:!:19000::::::\n');
  container.write('root/.ssh/authorized_keys', key.public);
  writePrivate(container, 'etc/ssh/host_key', makeKey());
}

export function writePrivate({ root }: ServerContainer, path: string, key: SshKey): void {
  writeFileSync(join(root, path), key.private, { mode: 0o600 });
}

/** Starts the SSH server, and then becomes what else the container is for. */
export function withSsh(command: readonly string[]): readonly string[] {
  const start = '/usr/sbin/sshd -f /etc/ssh/sshd_config -E /var/log/sshd.log; exec "$@"';
  return ['/usr/bin/env', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', '/bin/sh', '-c', start, 'start', ...command];
}

export interface SshKey {
  readonly private: string;
  readonly public: string;
}

/** The same one for all who ask, once somebody does. */
export function keyOnce(): () => SshKey {
  let made: SshKey | undefined;
  return () => {
    made ??= makeKey();
    return made;
  };
}

function makeKey(): SshKey {
  const folder = mkdtempSync(join(tmpdir(), 'key-'));
  const file = join(folder, 'key');
  try {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'key', '-f', file]);
    return { private: readFileSync(file, 'utf8'), public: readFileSync(`${file}.pub`, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The client's command line, up to the command that is run there. */
export function sshTo(address: string, keyFile: string, more: readonly string[] = []): readonly string[] {
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
  ];
  return [
    'ssh',
    '-F',
    'none',
    '-i',
    keyFile,
    ...options.flatMap((each) => ['-o', each]),
    ...more,
    `root@${address}`,
  ];
}

/** Put before a command that is run over SSH; what it prints is read by `sessionOf`. */
export const tellSession = 'echo; echo "session $SSH_CONNECTION $$";';

export interface Session {
  /** `address:port` that asked. */
  readonly client: string;
  /** Pid of the shell that the server started for it, as the container sees it. */
  readonly shell: number;
}

/** Throws where `text` tells of no session. */
export function sessionOf(text: string): Session {
  const told = /^session (\S+) (\d+) \S+ \d+ (\d+)$/m.exec(text);
  if (told === null) throw new Error(`no session is told of in ${JSON.stringify(text)}`);
  return { client: `${told[1]}:${told[2]}`, shell: Number(told[3]) };
}

export function sessionSteps(container: string, { client, shell }: Session): Step[] {
  return [
    { what: `the connection of the SSH session`, at: { kind: 'connection', from: client } },
    { what: 'the SSH server of the session', at: { kind: 'request', container, client } },
    { what: 'the shell of the session', at: { kind: 'process', container, pid: shell } },
  ];
}

const sshdConfig = `ListenAddress 0.0.0.0
Port 22
HostKey /etc/ssh/host_key
PidFile /run/sshd.pid
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
UseDNS no
PrintMotd no
MaxStartups 100
LogLevel VERBOSE
`;
