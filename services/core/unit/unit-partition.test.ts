import { expect, test } from 'vitest';
import { createLmsCfg, type LmsNode } from '../lms/lms-cfg.ts';
import { step } from './lms-walk.ts';
import { confidenceOf } from './unit.ts';
import { type PlacedLine, UnitPartition } from './unit-partition.ts';

const start = node(0, { loopStart: true });
const middle = node(1, {});
const end = node(2, { loopEnd: true, endSyscalls: ['close'] });
const cfg = createLmsCfg({ program: 'p', buildId: undefined, nodes: [start, middle, end] }, [
  [1, 2],
  [2],
  [0],
]);
const thread = 7;

test('log lines cut a loop without any connection: start to end, then the end syscall', () => {
  const units = partition();
  const first = line(units, [start], 1n).unit!;
  expect(first.reason).toBe('lms-cfg');
  expect(line(units, [middle], 2n).unit?.id).toBe(first.id);
  expect(line(units, [end], 3n).unit?.id).toBe(first.id);
  units.syscall('p', thread, 'read', 4n);
  expect(units.current('p', thread, 5n)?.closing).toBeUndefined();
  units.syscall('p', thread, 'close', 6n);
  expect(units.current('p', thread, 7n)?.closing).toBe(6n);
  expect(line(units, [start], 8n).unit?.id).not.toBe(first.id);
});

test('an ambiguous line is the successor of the last one', () => {
  const units = partition();
  line(units, [start], 1n);
  expect(line(units, [start, middle], 2n)).toMatchObject({ began: false, chosen: 1 });
});

test('a part that follows, but says little of the line, is not preferred to what says it whole', () => {
  const port = { ...node(3, {}), text: 'port %d' };
  const left = { ...node(4, {}), text: 'Disconnected from %s' };
  const nodes = [start, middle, end, port, left];
  const near = createLmsCfg({ program: 'p', buildId: undefined, nodes }, [[3], [], [], [], []]);
  const message = 'Disconnected from user a 10.0.0.1 port 4000';
  const candidates = [
    { node: left, from: 0, to: message.length, variables: ['user a 10.0.0.1 port 4000'] },
    { node: port, from: message.length - 9, to: message.length, variables: ['4000'] },
  ];
  const walk = { places: [{ node: 0, cost: 0 }], lines: 1, strayed: 0 };
  expect(step(walk, near, candidates, message)).toEqual({ chosen: 0, skipped: undefined });
});

test('lines before any start belong to no unit', () => {
  expect(line(partition(), [middle], 1n).unit).toBeUndefined();
});

test('a turn whose last lines were filtered ends where the next one starts', () => {
  const units = partition();
  const first = line(units, [start], 1n).unit!;
  expect(line(units, [start], 2n)).toMatchObject({ began: true });
  const third = line(units, [middle], 3n).unit!;
  expect(line(units, [start], 4n).unit?.id).not.toBe(third.id);
  expect(third.id).not.toBe(first.id);
});

test('once lines cut a process, a turn whose first lines were filtered is a unit that is doubted', () => {
  const units = partition();
  const first = line(units, [start], 1n).unit!;
  line(units, [end], 2n);
  units.syscall('p', thread, 'close', 3n);
  const second = line(units, [end], 3_000_000_000n);
  expect(second).toMatchObject({ began: true, unit: { guessed: true } });
  expect(confidenceOf(second.unit!)).toBeLessThan(confidenceOf(first));
});

test('threads are in units of their own, whose lines and calls do not end one another', () => {
  const units = partition();
  const mine = line(units, [start], 1n).unit!;
  const other = units.line('p', 8, printed([start]), 2n).unit!;
  expect(other.id).not.toBe(mine.id);
  units.line('p', 8, printed([end]), 3n);
  units.syscall('p', 8, 'close', 4n);
  expect(units.current('p', thread, 5n)?.id).toBe(mine.id);
  expect(line(units, [middle], 6n).unit?.id).toBe(mine.id);
});

test('a closed connection keeps what trails it for a second, not longer', () => {
  const units = partition();
  const unit = connection(units, 'c1', 0n);
  units.close('p', 'c1', 10n);
  expect(units.current('p', thread, 500_000_000n)?.id).toBe(unit.id);
  expect(units.current('p', thread, 2_000_000_000n)).toBeUndefined();
});

test('a unit that ended is found by a time within it', () => {
  const units = partition();
  const first = connection(units, 'c1', 0n);
  units.close('p', 'c1', 10n);
  const second = connection(units, 'c2', 20n);
  expect([units.at('p', 5n), units.at('p', 25n), units.at('q', 5n)]).toEqual([
    first.id,
    second.id,
    undefined,
  ]);
});

test('what is read after an answer is another request; what is read before one is not', () => {
  const units = partition();
  const first = connection(units, 'c', 0n);
  expect(units.received('p', thread, 'c', 1n)).toBeUndefined();
  expect(units.received('p', thread, 'c', 2n)).toBeUndefined();
  units.answered('p', thread, 'c', 3n);
  units.answered('p', thread, 'c', 4n);
  expect(units.current('p', thread, 5n)?.id).toBe(first.id);
  const second = units.received('p', thread, 'c', 6n)!;
  expect(second).toMatchObject({ reason: 'request', connection: 'c' });
  expect(units.current('p', thread, 7n)?.id).toBe(second.id);
});

test('a greeting answers nothing, and after the last word nothing is another request', () => {
  const units = partition();
  const first = connection(units, 'c', 0n);
  units.answered('p', thread, 'c', 1n);
  expect(units.received('p', thread, 'c', 2n)).toBeUndefined();
  units.answered('p', thread, 'c', 3n);
  const second = units.received('p', thread, 'c', 4n)!;
  expect(second.id).not.toBe(first.id);
  units.answered('p', thread, 'c', 5n);
  units.finished('p', 'c');
  expect(units.received('p', thread, 'c', 6n)).toBeUndefined();
});

test('all that a process says on the connection that it was made for is one unit', () => {
  const units = partition();
  units.begin('p', { thread, connection: 'c', reason: 'connection', session: true }, 0n);
  for (let at = 1n; at < 9n; at++) {
    expect(units.received('p', thread, 'c', at)).toBeUndefined();
    units.answered('p', thread, 'c', at);
  }
});

test('lines do not cut what calls on the connection cut', () => {
  const units = partition();
  const unit = connection(units, 'c', 0n);
  for (const [at, each] of [start, end, start, end].entries()) {
    expect(line(units, [each], BigInt(at + 2)).unit?.id).toBe(unit.id);
  }
});

test('where neither reads nor writes are recorded, lines cut a connection', () => {
  const units = partition();
  const first = units.begin('p', { thread: 0, connection: 'c', reason: 'connection' }, 0n);
  const of = [start, end, start, end].map((each, at) => units.line('p', 0, printed([each]), BigInt(at)));
  expect(of.map(({ unit, began }) => [unit?.id === first.id, began])).toEqual([
    [true, false],
    [true, false],
    [false, true],
    [false, false],
  ]);
});

test('a connection that another thread goes on with takes its unit along', () => {
  const units = partition();
  const first = connection(units, 'c1', 0n);
  units.touched('p', 8, 'c1', undefined);
  const second = connection(units, 'c2', 1n);
  expect(units.current('p', 8, 2n)?.id).toBe(first.id);
  expect(units.current('p', thread, 2n)?.id).toBe(second.id);
});

test('a helper works for what the thread that it wakes is at, and hands that back', () => {
  const units = partition();
  const first = connection(units, 'c1', 0n);
  units.woken('p', thread, 'fd 9');
  units.woke('p', 8, 'fd 9', 1n);
  expect(units.current('p', 8, 2n)?.id).toBe(first.id);
  const second = connection(units, 'c2', 3n);
  expect(units.current('p', 8, 4n)?.id).toBe(first.id);
  units.woke('p', 8, 'fd 9', 5n);
  expect(units.current('p', thread, 6n)?.id).toBe(second.id);
  units.woken('p', thread, 'fd 9');
  expect(units.current('p', thread, 7n)?.id).toBe(first.id);
});

test('helpers take requests that wait for them in the order in which they came', () => {
  const units = partition();
  units.woken('p', thread, 'fd 9');
  units.woke('p', 8, 'fd 9', 0n);
  const asked = ['c1', 'c2', 'c3', 'c4'].map((id, at) => {
    const unit = connection(units, id, BigInt(at));
    units.received('p', thread, id, BigInt(at));
    return unit.id;
  });
  units.answered('p', thread, 'c2', 10n);
  const worked = [8, 9, 8].map((helper, at) => {
    if (helper === 9) units.woke('p', 9, 'fd 9', 10n);
    units.opens('p', helper, '/etc/motd');
    return units.current('p', helper, BigInt(11 + at))?.id;
  });
  expect(worked).toEqual([asked[0], asked[2], asked[3]]);
  expect(units.current('p', thread, 20n)?.id).toBe(asked[3]);
});

test('a file is opened for the request whose lines have a word of its path', () => {
  const units = partition();
  units.woken('p', thread, 'fd 9');
  units.woke('p', 8, 'fd 9', 0n);
  const [first, second] = ['c1', 'c2'].map((id, at) => {
    const unit = connection(units, id, BigInt(at));
    units.received('p', thread, id, BigInt(at));
    say(units, thread, `asked for order-10${at}`, BigInt(at));
    return unit.id;
  });
  units.opens('p', 8, '/srv/order-101.json');
  expect(units.current('p', 8, 11n)?.id).toBe(second);
  units.opens('p', 8, '/srv/another.json');
  expect(units.current('p', 8, 12n)?.id).toBe(first);
});

test.each([
  ['10.0.0.1:4001', '10.0.0.1:4001 timed out'],
  [undefined, '*17 upstream timed out'],
  [undefined, 'done [01234567-89ab-cdef-0123-456789abcdef]'],
  [undefined, 'done connection=17 in 3 ms'],
])('a line is of the connection that it names, whoever printed it: %s', (peer, message) => {
  const units = partition();
  const first = units.begin('p', { thread, connection: 'c1', reason: 'connection', peer }, 0n);
  say(units, thread, message, 1n);
  connection(units, 'c2', 2n);
  expect(say(units, thread, message, 3n)).toBe(first.id);
  expect(say(units, 8, message, 3n)).toBe(first.id);
  expect(say(units, thread, 'another line', 3n)).not.toBe(first.id);
});

test('open units are bounded: the one that began first gives way', () => {
  const units = partition();
  const first = connection(units, 'c0', 0n);
  for (let i = 1; i <= 4_096; i++) connection(units, `c${i}`, BigInt(i));
  expect(units.ofConnection('p', thread, 'c0')).toBeUndefined();
  expect(units.ofConnection('p', thread, 'c1')).toBeDefined();
  expect(units.at('p', 0n)).toBe(first.id);
});

test('a unit that never ends, with many threads, names and wakers, does not grow', () => {
  const units = partition();
  const kept = new Map<string, string>();
  const sizes: number[] = [];
  connection(units, 'c', 0n);
  for (let i = 0; i < 24_000; i++) say(units, thread, `connection=${i} said`, BigInt(i));
  for (let i = 0; i < 12_000; i++) {
    units.touched('p', i, 'c', undefined);
    units.woken('p', i, `fd ${i}`);
    say(units, i, `*${i} said`, BigInt(i));
    line(units, [start, middle, end], BigInt(i));
    if (i % 4_000 === 3_999) sizes.push(keptSize(units, kept));
  }
  // By then there are as many open units as there may be; names are forgotten some at a time.
  expect(sizes[2]! / sizes[1]!).toBeLessThan(1.05);
  expect([...kept.keys()].filter((key) => key.startsWith('unit-token ')).length).toBeLessThanOrEqual(22_000);
});

/** Of all that a store keeps of them, once it has what changed. */
function keptSize(units: UnitPartition, kept: Map<string, string>): number {
  const changes = new Map<string, string | undefined>();
  units.drainInto(changes);
  for (const [key, value] of changes)
    if (value === undefined) kept.delete(key);
    else kept.set(key, value);
  let size = 0;
  for (const [key, value] of kept) size += key.length + value.length;
  return size;
}

function partition(): UnitPartition {
  return new UnitPartition(new Map(), (process, ordinal) => `${process}#${ordinal}`);
}

function connection(units: UnitPartition, id: string, time: bigint) {
  return units.begin('p', { thread, connection: id, reason: 'connection' }, time);
}

function line(units: UnitPartition, nodes: readonly LmsNode[], time: bigint): PlacedLine {
  return units.line('p', thread, printed(nodes), time);
}

function say(units: UnitPartition, by: number, message: string, time: bigint): string | undefined {
  return units.line('p', by, { message, cfg: undefined, candidates: [] }, time).unit?.id;
}

function printed(nodes: readonly LmsNode[]) {
  const message = nodes[0]!.text;
  return {
    message,
    cfg,
    candidates: nodes.map((each) => ({ node: each, from: 0, to: message.length, variables: [] })),
  };
}

function node(id: number, fields: Partial<LmsNode>): LmsNode {
  return {
    id,
    text: `line ${id}`,
    regex: `^line ${id}$`,
    function: undefined,
    loopStart: false,
    loopEnd: false,
    endSyscalls: [],
    ...fields,
  };
}
