/**
 * dnsmasq with all that it logs: local names, names that another dnsmasq answers, a dead upstream server, answers that it
 * refuses, TCP, malformed packets, DHCP from behind a relay, TFTP, signals.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, talk } from '../client.ts';
import { logPath, type Place, type RealServer } from '../real-server.ts';

const tftp_port = 69;

export const dnsmasq: RealServer = {
  name: 'dnsmasq',
  labels: 'dnsmasq',
  packages: ['dnsmasq-base'],
  async prepare(place) {
    writeFileSync(join(place.folder, 'hosts'), '192.0.2.1 one.test\n2001:db8::1 six.test\n');
    mkdirSync(join(place.folder, 'tftp'));
    writeFileSync(join(place.folder, 'tftp', 'boot'), 'x'.repeat(700));
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
      ...['--txt-record=text.test,hello', '--dns-loop-detect', '--local=/here.test/', '--bogus-priv'],
      ...[
        `--server=/up.test/127.0.0.1#${place.port + 1}`,
        '--stop-dns-rebind',
        '--bogus-nxdomain=198.51.100.9',
      ],
      ...['--dhcp-range=10.9.0.10,10.9.0.12,255.255.255.0,1h', `--dhcp-alternate-port=${place.port + 2}`],
      ...['--log-dhcp', '--dhcp-host=02:00:00:00:00:09,ignore', `--dhcp-leasefile=${place.folder}/leases`],
      ...['--dhcp-option=option:router,10.9.0.1', '--dhcp-authoritative'],
      ...['--enable-tftp', `--tftp-root=${place.folder}/tftp`],
    ];
  },
  ready: ({ port }) => ask(port, query('one.test', 1)),
  async use(place, binary) {
    const upstream = spawn(binary, upstreamArgs(place), { stdio: 'ignore' });
    try {
      await askNames(place.port);
      await useDhcp(place.port + 2);
      await ask(tftp_port, tftpRequest('boot'));
      await ask(tftp_port, tftpRequest('none'));
      for (const signal of ['SIGUSR1', 'SIGHUP', 'SIGUSR2'] as const) {
        process.kill(Number(readFileSync(join(place.folder, 'pid'), 'utf8')), signal);
        await sleep(200);
      }
      await askNames(place.port);
    } finally {
      upstream.kill();
    }
  },
};

/** A server that knows some names, one of them at a private address, one at an address that is said to be bogus. */
function upstreamArgs({ port, folder }: Place): readonly string[] {
  const names = [
    '--address=/a.up.test/11.0.0.7',
    '--address=/inside.up.test/10.1.2.3',
    '--address=/bogus.up.test/198.51.100.9',
    '--cname=b.up.test,c.up.test',
    '--host-record=c.up.test,11.0.0.8,2001:db8::8',
    '--txt-record=t.up.test,hello',
    '--local=/up.test/',
  ];
  const own = ['--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--bind-interfaces', '--user=root'];
  const place = ['--listen-address=127.0.0.1', `--port=${port + 1}`, `--pid-file=${folder}/upstream.pid`];
  return [...own, ...place, ...names, '--keep-in-foreground', '--log-facility=/dev/null'];
}

async function askNames(port: number): Promise<void> {
  const local = [
    'one.test',
    'six.test',
    'fixed.test',
    'other.test',
    'none.test',
    'x.dead.test',
    'text.test',
    '',
  ];
  const upstream = ['a.up.test', 'b.up.test', 't.up.test', 'none.up.test', 'inside.up.test', 'bogus.up.test'];
  for (const name of [...local, ...upstream, 'none.here.test'])
    for (const type of [1, 28, 16, 12, 15, 255]) await ask(port, query(name, type));
  // Asked again, the answers are known.
  for (const name of upstream) await ask(port, query(name, 1));
  for (const name of ['1.2.0.192.in-addr.arpa', '9.9.168.192.in-addr.arpa']) await ask(port, query(name, 12));
  for (const name of ['version.bind', 'cachesize.bind', 'hits.bind']) await ask(port, query(name, 16, 3));
  await ask(port, Uint8Array.from([1, 2, 3]));
  const packet = query('one.test', 1);
  await talk(port, [Uint8Array.from([0, packet.length, ...packet])]);
}

/** Discover, request, inform, decline, release; a client that is ignored, and an address that is none of the range's. */
async function useDhcp(port: number): Promise<void> {
  for (const [client, messages] of [
    [1, [1, 3, 8, 4]],
    [2, [1, 3, 7]],
    [9, [1, 3]],
  ] as const) {
    for (const message of messages) await ask(port, dhcpMessage(client, message, [10, 9, 0, 10 + client]));
  }
  await ask(port, dhcpMessage(3, 3, [10, 8, 0, 1]));
}

/** From behind a relay, as options say it: type, address asked for, server, host name. */
function dhcpMessage(client: number, type: number, address: readonly number[]): Uint8Array {
  const packet = new Uint8Array(300);
  packet.set([1, 1, 6, 1, 9, 9, 9, client]);
  if (type === 7 || type === 8) packet.set(address, 12);
  packet.set([10, 9, 0, 1], 24);
  packet.set([2, 0, 0, 0, 0, client], 28);
  const asked = type === 3 || type === 4 ? [50, 4, ...address] : [];
  const name = [12, 2, 0x68, 0x30 + client];
  packet.set([99, 130, 83, 99, 53, 1, type, ...asked, ...name, 55, 2, 1, 3, 255], 236);
  return packet;
}

function tftpRequest(file: string): Uint8Array {
  return Uint8Array.from([0, 1, ...Buffer.from(`${file}\0octet\0blksize\x001024\0`, 'latin1')]);
}

function query(name: string, type: number, kind = 1): Uint8Array {
  const labels = name
    .split('.')
    .filter(Boolean)
    .flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Uint8Array.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, type, 0, kind]);
}
