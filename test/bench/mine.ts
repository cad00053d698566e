/**
 * How well and how fast lines of programs without a profile are grouped by statement: on logs printed from the formats
 * of real programs, and on Loghub's labelled ones where DISPROTRACK_LOGHUB names a folder with them. The rules were
 * made with the first programs and the logs of the real servers in view; those held out were only measured.
 */
import { templateOf } from '../../services/core/lms/template.ts';
import { TemplateMiner } from '../../services/core/lms/template-miner.ts';
import { debianPackage } from '../e2e/analyser/debian/package-store.ts';
import { realServers } from '../e2e/analyser/reality/servers.ts';
import { analyse } from '../e2e/analyser/tool/analyse.ts';
import type { BenchRow } from './bench-row.ts';
import { groupingAccuracy } from './grouping-accuracy.ts';
import { type LabelledLine, labelledLogs, printedLog } from './labelled-log.ts';
import { Random } from './random.ts';
import { realLog } from './real-log.ts';

const seeds = [1, 2];
const programs = ['nginx:usr/sbin/nginx', 'apache2-bin:usr/sbin/apache2'];
const heldOut = [
  'openssh-server:usr/sbin/sshd',
  'dnsmasq-base:usr/sbin/dnsmasq',
  'exim4-daemon-light:usr/sbin/exim4',
  'rsyslog:usr/sbin/rsyslogd',
  'openvpn:usr/sbin/openvpn',
];

export async function mineBench(): Promise<BenchRow[]> {
  const real = await realLogs();
  const seen = await each(programs);
  const unseen = await each(heldOut);
  const loghub = [...labelledLogs(process.env.DISPROTRACK_LOGHUB ?? '')].map(([name, log]) => row(name, log));
  return [
    ...real,
    mean('mean of logs that real servers wrote', real),
    ...seen,
    ...unseen,
    mean('mean of those held out', unseen),
    ...(loghub.length === 0 ? [] : [...loghub, mean('mean of Loghub', loghub)]),
  ];
}

async function realLogs(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const server of realServers) {
    try {
      const { log, lines } = await realLog(server);
      rows.push(row(`${server.name}, ${log.length} of ${lines} real lines`, log));
    } catch (error) {
      const note = error instanceof Error ? error.message : String(error);
      rows.push({ name: `grouping accuracy, ${server.name}`, value: Number.NaN, unit: '', note });
    }
  }
  return rows;
}

async function each(names: readonly string[]): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const name of names) {
    const [packageName, file] = name.split(':') as [string, string];
    try {
      const { nodes } = await analyse(`${await debianPackage(packageName)}/${file}`);
      const formats = nodes.map(({ text }) => text);
      for (const seed of seeds) {
        rows.push(row(`${packageName}, seed ${seed}`, printedLog(formats, new Random(seed))));
      }
    } catch (error) {
      const note = error instanceof Error ? error.message : String(error);
      rows.push({ name: `grouping accuracy, ${packageName}`, value: Number.NaN, unit: '', note });
    }
  }
  return rows;
}

function row(name: string, log: readonly LabelledLine[]): BenchRow {
  const labels = log.map(({ label }) => label);
  const miner = new TemplateMiner();
  const before = process.cpuUsage();
  const templates = log.map(({ message }) => templateOf(message).template);
  for (const template of templates) miner.add(template);
  const groups = templates.map((template) => miner.groupOf(template));
  const { user, system } = process.cpuUsage(before);
  const rate = Math.round((1e6 * log.length) / (user + system)).toLocaleString('en');
  return {
    name: `grouping accuracy, ${name}`,
    value: groupingAccuracy(groups, labels),
    unit: '',
    note: `${groupingAccuracy(templates, labels).toFixed(3)} by templates alone; ${new Set(labels).size} statements, ${rate} lines/s cold`,
  };
}

function mean(name: string, rows: readonly BenchRow[]): BenchRow {
  const known = rows.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  return {
    name: `grouping accuracy, ${name}`,
    value: known.reduce((sum, value) => sum + value, 0) / known.length,
    unit: '',
    note: `${known.length} logs`,
  };
}
