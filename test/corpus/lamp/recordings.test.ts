// The committed recordings are what they claim to be: nothing was lost, and both ends of each causal path are in the
// raw audit records and in the bytes of the stamped ones. It must not use the project's own parser, which is tested against these recordings.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

const RECORDINGS = join(import.meta.dirname, 'recordings');
const RECORDINGS_BYTES_MAX = 5_000_000;
const SCENARIOS = ['E1', 'E2', 'E3'];

interface GroundTruth {
  readonly symptom: string;
  readonly symptomLog: string | null;
  readonly rootCause: { readonly address: string; readonly port: number };
  readonly attackerAddress: string | null;
  readonly benignClients: readonly string[];
  readonly benignRequests: number;
}

test('all recordings together stay small', () => {
  const files = SCENARIOS.flatMap((name) =>
    readdirSync(join(RECORDINGS, name)).map((file) => join(RECORDINGS, name, file)),
  );
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  expect(files.length).toBe(SCENARIOS.length * 11);
  expect(bytes).toBeLessThan(RECORDINGS_BYTES_MAX);
});

describe.each(SCENARIOS)('%s', (scenario) => {
  const audit = unzipped(scenario, 'audit.log').trimEnd().split('\n');
  const truth = json(scenario, 'ground-truth.json') as GroundTruth;
  const stamped = zstdDecompressSync(readFileSync(join(RECORDINGS, scenario, 'recording.dpt.zst')));
  const meta = json(scenario, 'meta.json') as {
    readonly auditLost: number;
    readonly auditRecords: number;
    readonly captureLost: number;
    readonly captureRecords: number;
  };

  test('the kernel lost nothing and every record is here', () => {
    expect(meta.auditLost).toBe(0);
    expect(audit.length).toBe(meta.auditRecords);
    expect(audit.filter((line) => !/^type=\w+ msg=audit\(\d+\.\d{3}:\d+\): /.test(line))).toEqual([]);
  });

  test('the capture lost nothing, every record is here, and none is of a process outside', () => {
    expect(meta.captureLost).toBe(0);
    expect(stamped.toString('latin1', 0, 4)).toBe('DPTF');
    expect(stamped.toString('latin1').split('DPT1').length - 1).toBe(meta.captureRecords);
    // Those who record are outside of the containers.
    for (const outside of ['disprotrack', 'auditd', 'record.sh'])
      expect(stamped.includes(outside)).toBe(false);
  });

  test('a log line stands in the stamped records as its service wrote it', () => {
    for (const log of ['apache-access.log', 'php-fpm-access.log', 'mariadb-general.log']) {
      const lines = unzipped(scenario, log).trimEnd().split('\n');
      expect(lines.filter((line) => !stamped.includes(line))).toEqual([]);
    }
  });

  test('the web server accepted the root cause and every benign client', () => {
    const accepts = callsWith(audit, socketAddress(truth.rootCause.address, truth.rootCause.port));
    expect(accepts.length).toBeGreaterThan(0);
    expect(accepts[0]).toContain('comm="apache2"');
    const log = unzipped(scenario, 'apache-access.log');
    for (const client of [truth.rootCause.address, ...truth.benignClients]) {
      expect(log).toContain(`\n${client} `);
    }
    expect(truth.benignRequests).toBeGreaterThan(150);
  });

  test('the symptom is recorded', () => {
    if (truth.symptomLog === null) {
      const [address = '', port = ''] = truth.symptom.split(':');
      const connects = callsWith(audit, socketAddress(address, Number(port)));
      expect(connects.length).toBe(1);
      expect(connects[0]).toContain('comm="mal.sh" exe="/usr/bin/bash"');
    } else {
      expect(unzipped(scenario, truth.symptomLog).split('\n')).toContain(truth.symptom);
    }
  });

  test('only the theft starts the planted script', () => {
    const starts = audit.filter(
      (line) => line.includes('type=EXECVE') && line.includes('"/srv/app/bin/mal.sh"'),
    );
    expect(starts.length > 0).toBe(truth.attackerAddress !== null);
  });
});

function json(scenario: string, file: string): unknown {
  return JSON.parse(readFileSync(join(RECORDINGS, scenario, file), 'utf8'));
}

function unzipped(scenario: string, log: string): string {
  return gunzipSync(readFileSync(join(RECORDINGS, scenario, `${log}.gz`))).toString('utf8');
}

/** The first bytes of an AF_INET `saddr`, as audit prints them. */
function socketAddress(address: string, port: number): string {
  const bytes = [2, 0, port >> 8, port & 255, ...address.split('.').map(Number)];
  return `saddr=${bytes.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('')}`;
}

/** The SYSCALL records of the events that have a SOCKADDR beginning so. */
function callsWith(audit: readonly string[], saddr: string): string[] {
  const serials = audit
    .filter((line) => line.startsWith('type=SOCKADDR') && line.includes(saddr))
    .map((line) => `:${/:(\d+)\)/.exec(line)![1]})`);
  return audit.filter(
    (line) => line.startsWith('type=SYSCALL') && serials.some((serial) => line.includes(serial)),
  );
}
