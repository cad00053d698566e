/** Log writes are known whatever call makes them, with all that was written. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCapture, output, skipped } from './capture-build.ts';
import { CaptureRun, flags } from './capture-run.ts';
import type { CapturedRecord } from './captured-record.ts';
import { makeCgroup, type TestCgroup } from './test-cgroup.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'disprotrack-log-writes-')));
const logs = join(folder, 'logs');
const file = join(logs, 'a.log');
// As a chroot's syslog socket is called.
const socket = join(folder, 'dev/log');
const program = join(folder, 'log-writer');
let cgroup: TestCgroup | undefined;
afterAll(() => {
  cgroup?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const variants = [
  { name: 'fast', variant: [] },
  { name: 'portable', variant: ['--portable'] },
];

async function listen(): Promise<() => void> {
  const daemon = spawn('python3', [
    '-c',
    `import socket, sys; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(${JSON.stringify(socket)}); print(flush=True); sys.stdin.read()`,
  ]);
  await once(daemon.stdout, 'data');
  return () => daemon.stdin.end();
}

/** Runs the writer in the cgroup; gives its log writes. */
async function logWrites(bytes: number, ...options: string[]): Promise<CapturedRecord[]> {
  rmSync(socket, { force: true });
  const close = await listen();
  const capture = await CaptureRun.start('ebpf', '--no-snapshot', '--prefix', logs, ...options);
  const script = `echo $$ > ${cgroup!.path}/cgroup.procs; exec ${program} ${file} ${socket} ${bytes}`;
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
  const records = await capture.stop();
  close();
  return records.filter((record) => record.tgid === child.pid && (record.flags & flags.log) !== 0);
}

describe.skipIf(skipped !== '').each(variants)(`log writes, $name programs${skipped}`, ({ variant }) => {
  beforeAll(() => {
    buildCapture();
    output(
      'gcc',
      '-O1',
      '-Wall',
      '-Werror',
      '-o',
      program,
      fileURLToPath(new URL('./log-writer.c', import.meta.url)),
    );
    mkdirSync(logs, { recursive: true });
    mkdirSync(join(folder, 'dev'), { recursive: true });
    cgroup ??= makeCgroup('log-writes');
  }, 600_000);

  test('by every call to a file, a syslog socket, and what a container has for output', async () => {
    const writes = await logWrites(100, '--cgroup', cgroup!.path, ...variant);
    const long = `${'abcdefghijklmnopqrstuvwxyz'.repeat(4).slice(0, 99)}\n`;
    const toFile = writes.filter((write) => write.path === file);
    const vector = 'writev in parts\n';
    expect(toFile.map((write) => write.payload)).toEqual([
      'write\n',
      vector,
      'pwrite\n',
      vector,
      vector,
      long,
    ]);
    expect(new Set(toFile.map((write) => write.object.inode))).toEqual(new Set([statSync(file).ino]));
    const toAnySocket = writes.filter((write) => (write.flags & flags.logSocket) !== 0);
    const toSocket = toAnySocket.filter((write) => write.path2 !== '');
    expect(toSocket.map((write) => write.payload)).toEqual(
      ['sendto', 'sendmsg', 'send', 'write', 'sendmsg', 'first', 'second'].map((word) => `<13>${word}`),
    );
    expect(new Set(toSocket.map((write) => write.path2))).toEqual(new Set([socket]));
    const toPort = toAnySocket.filter((write) => write.path2 === '');
    expect(toPort.map((write) => write.payload)).toEqual(['<13>to a port', '<13>connected']);
    const toOutput = writes.filter((write) => (write.flags & flags.containerStdio) !== 0);
    expect(toOutput.map((write) => write.payload)).toEqual(['to stdout\n', 'to stderr\n']);
    for (const write of writes) expect(write.cgroupV2).toBe(cgroup!.id);
  });

  test.each([4_096, 4_097, 10_000, 16_384, 40_000])(
    'of %i bytes, over as many records as it takes',
    async (bytes) => {
      const writes = await logWrites(bytes, ...variant);
      const line = `${'abcdefghijklmnopqrstuvwxyz'.repeat(bytes / 26 + 1).slice(0, bytes - 1)}\n`;
      const pieces = writes
        .slice(writes.findIndex((write) => write.payloadBytes === bytes))
        .slice(0, Math.ceil(Math.min(bytes, 16_384) / 4_096));
      expect(pieces.map((piece) => piece.payload).join('')).toBe(line.slice(0, 16_384));
      expect(pieces.map((piece) => piece.piece)).toEqual(pieces.map((_, index) => index));
      expect(pieces.map((piece) => (piece.flags & flags.continues) !== 0)).toEqual(
        pieces.map((_, index) => index < pieces.length - 1),
      );
      expect(pieces.every((piece) => ((piece.flags & flags.payloadCut) !== 0) === bytes > 16_384)).toBe(true);
      expect(pieces.map((piece) => piece.path)).toEqual([file, ...pieces.slice(1).map(() => '')]);
    },
  );

  test('not what an untracked process prints', async () => {
    const printed = await logWrites(100, ...variant);
    expect(printed.some((write) => (write.flags & flags.containerStdio) !== 0)).toBe(false);
  });

  test('of a container that is named while the capture runs', async () => {
    const capture = await CaptureRun.start('ebpf', '--no-snapshot', ...variant);
    const print = async () => {
      const child = spawn('sh', ['-c', `echo $$ > ${cgroup!.path}/cgroup.procs; echo hello`], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      await once(child, 'exit');
      return child.pid!;
    };
    const before = await print();
    capture.command(`cgroup + ${cgroup!.path}`);
    capture.command('nonsense');
    await expect.poll(() => capture.complaint).toContain("can't follow: nonsense");
    const tracked = await print();
    capture.command(`cgroup - ${cgroup!.id}`);
    capture.command('more nonsense');
    await expect.poll(() => capture.complaint).toContain('more nonsense');
    const after = await print();
    const records = (await capture.stop()).filter((record) => (record.flags & flags.containerStdio) !== 0);
    const said = (tgid: number) =>
      records.filter((record) => record.tgid === tgid).map((record) => record.payload);
    expect([before, tracked, after].map(said)).toEqual([[], ['hello\n'], []]);
  });
});
