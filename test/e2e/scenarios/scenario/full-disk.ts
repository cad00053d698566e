/**
 * A fault that goes from one service to another: somebody asks for a report that is far too long, it fills the disk of
 * the function that keeps things, and somebody else's order, which another function takes, is not kept.
 */
import type { Answered } from '../outside.ts';
import type { Host, Scenario } from '../scenario.ts';
import {
  functionRequest,
  functionSteps,
  gateway,
  gatewayHost,
  pythonFunction,
} from '../service/functions.ts';
import { client, otherClient } from '../stage.ts';

const addresses = { keep: '10.77.0.47', order: '10.77.0.48' };
const disk = '4m';
/** Lines. */
const [usual, tooLong] = [20, 500_000];
/** Keeps what it is given, and writes reports about it. */
const keeper = `import json, logging, os

def handle(body):
    wanted = json.loads(body)
    name = wanted["name"]
    logging.info("keeping %s", name)
    with open(f"/srv/data/{name}.new", "w") as file:
        for n in range(wanted["lines"]):
            file.write(f"{name} {n} {wanted.get('text', '')}\\n")
    os.replace(f"/srv/data/{name}.new", f"/srv/data/{name}")
    return name
`;
const orders = `import http.client, json, logging

def handle(body):
    n = json.loads(body)["n"]
    logging.info("order %s", n)
    keeper = http.client.HTTPConnection("${addresses.keep}", 8080)
    keeper.request("POST", "/", json.dumps({"name": f"order-{int(n) % 50}", "lines": 5, "text": "order " * 20}))
    answer = keeper.getresponse()
    peer = answer.headers["X-Peer"]
    keeper.close()
    if answer.status != 200:
        raise RuntimeError(f"order {n} was not kept, asked from {peer}")
    return f"order {n} is kept"
`;

const keep = pythonFunction('keep', addresses.keep, keeper);
const keepHost: Host = {
  ...keep,
  command: () => [
    ...['/usr/bin/env', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', '/bin/sh', '-c'],
    ...[
      `mkdir /srv/data; mount -t tmpfs -o size=${disk} data /srv/data; exec "$@"`,
      'start',
      ...keep.command(),
    ],
  ],
};
/** Where an order of somebody else takes the place of an older one, there is room for one more. */
async function firstLost(order: (n: number) => Promise<Answered>): Promise<[number, Answered]> {
  for (let n = 123456789; n < 123456839; n++) {
    const answer = await order(n);
    if (answer.status === 500) return [n, answer];
  }
  throw new Error('no order was lost, though the disk is full');
}

const report = (name: string, lines: number) => JSON.stringify({ name, lines });

export const fullDisk: Scenario = {
  name: 'full-disk',
  title: `a report that is too long fills the disk of one function, and an order that another one takes is lost`,
  packages: ['nginx', 'python3'],
  hosts: [keepHost, pythonFunction('order', addresses.order, orders), gatewayHost(addresses)],
  load: {
    mayFail: true,
    visits: [
      {
        weight: 5,
        requests: [
          { to: [gateway, 80], method: 'POST', path: '/function/order', body: '{"n": "{n}"}', status: [200] },
        ],
      },
      {
        weight: 1,
        requests: [
          {
            ...{ to: [gateway, 80], method: 'POST', path: '/function/keep', status: [200] },
            body: report('report', usual),
          },
        ],
      },
    ],
    chores: [{ host: 'keep', command: ['/bin/sh', '-c', 'ls /srv/data | wc -l; cat /srv/data/* | wc -c'] }],
  },
  async attack(stage) {
    const ask = (address: string, name: string, body: string, status: number | readonly number[]) =>
      stage.outside
        .browser(address)
        .ask(gateway, 80, { method: 'POST', path: `/function/${name}`, body, status });
    const filling = await ask(otherClient, 'keep', report('report-of-all', tooLong), 500);
    const [n, order] = await firstLost((n) => ask(client, 'order', `{"n": "${n}"}`, [200, 500]));
    await stage.exec('keep', ['/bin/rm', '/srv/data/report-of-all.new']);
    const peer = /asked from (\S+)/.exec(order.body)![1]!;
    return {
      symptom: await stage.lineOf('order', '/var/log/function.log', `order ${n} was not kept`),
      also: [`order ${n} was not kept`, 'POST /function/order 500'],
      rootCause: { kind: 'connection', from: filling.client, to: `${gateway}:80` },
      steps: [
        ...functionSteps('keep', filling),
        { what: 'the disk is asked for room', at: { kind: 'request', container: 'keep', client: peer } },
        { what: 'the order is to be kept', at: { kind: 'connection', from: peer } },
        { what: 'the function that takes orders', at: functionRequest('order', order) },
      ],
    };
  },
};
