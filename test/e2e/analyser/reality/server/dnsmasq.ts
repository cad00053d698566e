/** dnsmasq with all queries logged: local names, forwarded ones, a dead upstream server, TCP, malformed packets. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, talk } from '../client.ts';
import { logPath, type RealServer } from '../real-server.ts';

export const dnsmasq: RealServer = {
  name: 'dnsmasq',
  labels: 'dnsmasq',
  packages: ['dnsmasq-base'],
  async prepare(place) {
    writeFileSync(join(place.folder, 'hosts'), '192.0.2.1 one.test\n2001:db8::1 six.test\n');
    const own = [
      '--no-resolv',
      '--no-hosts',
      `--addn-hosts=${place.folder}/hosts`,
      '--bind-interfaces',
      '--user=root',
    ];
    const log = ['--log-queries=extra', '--log-debug', `--log-facility=${logPath(place)}`, '--log-async=0'];
    const names = [
      '--address=/fixed.test/192.0.2.9',
      '--cname=other.test,one.test',
      '--server=/dead.test/127.0.0.1#9',
    ];
    const port = [
      '--listen-address=127.0.0.1',
      `--port=${place.port}`,
      '--keep-in-foreground',
      `--pid-file=${place.folder}/pid`,
    ];
    return [
      '--conf-file=/dev/null',
      ...own,
      ...log,
      ...names,
      ...port,
      '--txt-record=text.test,hello',
      '--dns-loop-detect',
    ];
  },
  ready: ({ port }) => ask(port, query('one.test', 1)),
  async use({ port }) {
    for (const name of [
      'one.test',
      'six.test',
      'fixed.test',
      'other.test',
      'none.test',
      'x.dead.test',
      'text.test',
      '',
    ]) {
      for (const type of [1, 28, 16, 12, 15, 255]) await ask(port, query(name, type));
    }
    await ask(port, query('1.2.0.192.in-addr.arpa', 12));
    await ask(port, query('version.bind', 16, 3));
    await ask(port, Uint8Array.from([1, 2, 3]));
    const packet = query('one.test', 1);
    await talk(port, [Uint8Array.from([0, packet.length, ...packet])]);
  },
};

function query(name: string, type: number, kind = 1): Uint8Array {
  const labels = name
    .split('.')
    .filter(Boolean)
    .flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Uint8Array.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, type, 0, kind]);
}
