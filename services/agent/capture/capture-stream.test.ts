import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RecordScript } from '../../../test/fixture/record-script.ts';
import { kindName, recordKind } from '../../core/record/record-kind.ts';
import { CgroupTree } from '../identity/cgroup-tree.ts';
import { CaptureStream } from './capture-stream.ts';

const root = mkdtempSync(join(tmpdir(), 'disprotrack-stream-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a container is told before the first record of it, whichever source names it, and once', () => {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('cgroup/cgroup.procs', '');
  write('cgroup/cgroup.controllers', '');
  write('cgroup/one/cgroup.procs', '50');
  write('proc/50/cgroup', '0::/one\n');
  write('proc/50/status', 'Name:\tapp\nNSpid:\t50\t1\n');
  const told: string[] = [];
  const stream = new CaptureStream({
    containers: {
      proc: join(root, 'proc'),
      tree: new CgroupTree(join(root, 'cgroup')),
      folders: { docker: [], containerd: [], runc: [] },
    },
    onRecord: (record) => {
      told.push(
        `${kindName(record.kind)} ${/"container":"(\w+)"/.exec(record.text('payload'))?.[1] ?? record.tgid}`,
      );
    },
    onPlace: () => {},
    diagnose: () => {},
  });
  const line = 'type=SYSCALL msg=audit(1.0:1): arch=c000003e syscall=59 ppid=1 pid=50 comm="app"';
  const script = new RecordScript()
    .exec(60, '/bin/app', ['app'], { cgroup: 4_711, texts: { cgroup: '/openfaas-fn/two' } })
    .exec(61, '/bin/app', ['app'], { cgroup: 4_711, texts: { cgroup: '/openfaas-fn/two' } })
    .fromUserSpace(recordKind.auditLine, { texts: { payload: line } })
    .fromUserSpace(recordKind.auditLine, { texts: { payload: line } });
  for (const byte of script.bytes) stream.write(Uint8Array.of(byte));
  stream.end();
  expect(told).toEqual([
    'container two',
    'exec 60',
    'exec 61',
    'container one',
    'auditLine 0',
    'auditLine 0',
  ]);
});
