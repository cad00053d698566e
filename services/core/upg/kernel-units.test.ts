import { expect, test } from 'vitest';
import { FoldedGraph, foldInto } from '../../../test/fixture/folded-graph.ts';
import { readRecords } from '../../../test/fixture/read-records.ts';
import { onFile, onTcp, RecordScript } from '../../../test/fixture/record-script.ts';

const pipe = (inode: number) => ({ object: { inode, device: 14, mode: 0o010600 } });
const client = (port: number) => onTcp(port, '10.0.0.2:80', `10.0.0.1:${port}`);
const upstream = onTcp(70, '10.0.0.2:5000', '10.0.0.9:3306');

function story(script: RecordScript): string[] {
  const items = readRecords(script.bytes).items;
  return foldInto(
    new FoldedGraph(),
    items.map((item, i) => ({ stream: 'h1/ebpf', position: BigInt(i), item })),
  ).story();
}

test('what the process of a session hears from its helper is no job, and what it accepts is of the session', () => {
  const s = new RecordScript()
    .call(10, 'accept4', { args: [3], result: 5, ...client(4000) })
    .fork(10, 11)
    .fork(11, 12)
    .call(11, 'read', { args: [6], result: 4, u32: { ppid: 10 }, ...pipe(90) })
    .call(12, 'read', { args: [7], result: 4, u32: { ppid: 11 }, ...pipe(91) })
    .call(12, 'read', { args: [5], result: 4, u32: { ppid: 11 }, ...client(4000) })
    .call(12, 'accept4', { args: [8], result: 9, u32: { ppid: 11 }, ...client(4001) })
    .call(12, 'openat', { args: [-100, 0, 0], result: 10, u32: { ppid: 11 }, ...onFile('/asked') });
  const ofSession = story(s).filter((line) => / p1[12]/.test(line) && !line.includes('-fork->'));
  expect(ofSession).toEqual([
    'p10 -unit-> p11 unit 1',
    'pipe of p11 -read-> p11 unit 1',
    'p10 -unit-> p12 unit 1',
    'pipe of p12 -read-> p12 unit 1',
    '10.0.0.1:4000 → 10.0.0.2:80 -read-> p12 unit 1',
    '10.0.0.1:4001 → 10.0.0.2:80 -accept4-> p12 unit 1',
    '/asked -openat-> p12 unit 1',
  ]);
});

test('an answer is for the unit that asked last, whoever reads it, also where the connection was made for another', () => {
  const on = (tid: number, fields: object) => ({ u32: { tid }, ...fields });
  const s = new RecordScript()
    .call(10, 'accept4', { args: [3], result: 5, ...on(10, client(4000)) })
    .call(10, 'read', { args: [5], result: 4, ...on(10, client(4000)) })
    .call(10, 'connect', { args: [6], ...on(10, upstream) })
    .call(10, 'write', { args: [6], result: 4, ...on(10, upstream) })
    .call(10, 'read', { args: [6], result: 4, ...on(10, upstream) })
    .call(10, 'write', { args: [5], result: 4, ...on(10, client(4000)) })
    .call(10, 'accept4', { args: [3], result: 7, ...on(10, client(4001)) })
    .call(10, 'read', { args: [7], result: 4, ...on(10, client(4001)) })
    .call(10, 'write', { args: [6], result: 4, ...on(10, upstream) })
    .call(10, 'accept4', { args: [3], result: 8, ...on(11, client(4002)) })
    .call(10, 'read', { args: [6], result: 4, ...on(11, upstream) });
  const asked = story(s).filter((line) => line.includes('10.0.0.9:3306'));
  expect(asked).toEqual([
    'p10 unit 1 -connect-> 10.0.0.2:5000 → 10.0.0.9:3306',
    'p10 unit 1 -write-> 10.0.0.2:5000 → 10.0.0.9:3306',
    '10.0.0.2:5000 ← 10.0.0.9:3306 -read-> p10 unit 1',
    'p10 unit 2 -write-> 10.0.0.2:5000 → 10.0.0.9:3306',
    '10.0.0.2:5000 ← 10.0.0.9:3306 -read-> p10 unit 2',
  ]);
});
