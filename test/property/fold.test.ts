import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AppEntry } from '../../services/core/app-log/app-entry.ts';
import { EventScript, open, pathItem, peer } from '../fixture/event-script.ts';
import { FoldedGraph, foldInto } from '../fixture/folded-graph.ts';

/** One step of a host's life; small ranges, so that steps meet each other. */
const step = fc.record({
  what: fc.constantFrom(
    'open',
    'read',
    'write',
    'close',
    'dup',
    'fork',
    'exec',
    'exit',
    'rename',
    'unlink',
    'pipe',
    'connect',
    'accept',
    'mmap',
    'line',
    'sample',
    'wait',
  ),
  pid: fc.integer({ min: 10, max: 14 }),
  fd: fc.integer({ min: 0, max: 5 }),
  n: fc.integer({ min: 0, max: 3 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function play(steps: readonly Step[]): EventScript {
  const s = new EventScript();
  s.call(10, 'bind', { args: [0], ...peer('0.0.0.0', 80) });
  for (const one of steps) playStep(s, one);
  return s;
}

function playStep(s: EventScript, { what, pid, fd, n }: Step): void {
  const ppid = pid === 10 ? 1 : 10;
  const path = `/f${n}`;
  if (what === 'wait') s.wait(n * 700);
  else if (what === 'line') s.push(line(s.time, n));
  else if (what === 'sample') s.push(sample(s.time, pid));
  else if (what === 'open') s.call(pid, 'openat', { ppid, ...open(path, fd, n) });
  else if (what === 'read' || what === 'write') s.call(pid, what, { ppid, args: [fd], exit: 30 + n });
  else if (what === 'close') s.call(pid, 'close', { ppid, args: [fd] });
  else if (what === 'dup') s.call(pid, 'dup2', { ppid, args: [fd, n], exit: n });
  else if (what === 'fork') s.call(10, 'clone', { args: [n === 3 ? 0x400 : 0], exit: pid });
  else if (what === 'exec') s.call(pid, 'execve', { ppid, argv: ['x', path], paths: [pathItem(path)] });
  else if (what === 'exit') s.call(pid, 'exit_group', { ppid });
  else if (what === 'unlink') s.call(pid, 'unlink', { ppid, paths: [pathItem(path, 100 + n, 'DELETE')] });
  else if (what === 'pipe') s.call(pid, 'pipe2', { ppid, fdPair: [fd, n + 6] });
  else if (what === 'mmap') s.call(pid, 'mmap', { ppid, args: [0, 0, 2, n], mmapFd: fd });
  else if (what === 'connect')
    s.call(pid, 'connect', { ppid, args: [fd], exit: -115, ...peer('127.0.0.1', 80) });
  else if (what === 'accept')
    s.call(pid, 'accept4', { ppid, args: [0], exit: fd, ...peer('127.0.0.1', 5000 + n) });
  else {
    const paths = [pathItem(path, 100 + n, 'DELETE'), pathItem(`/g${n}`, 100 + n, 'CREATE')];
    s.call(pid, 'rename', { ppid, paths });
  }
}

function line(time: bigint, n: number): AppEntry {
  const common = {
    kind: 'app',
    host: 'h1',
    container: undefined,
    pid: undefined,
    pidSource: 'none',
  } as const;
  const text = `line with a number ${n} in it`;
  const request = { client: '127.0.0.1', method: 'GET', path: `/r${n}`, status: 200 };
  return {
    ...common,
    time,
    timeSource: 'line',
    timePrecision: 1_000_000_000n,
    text,
    byteLength: 30 + n,
    message: text,
    level: undefined,
    request: n === 0 ? undefined : request,
    source: n === 1 ? 'f1' : 'other.log',
    line: 1,
    lines: 1,
    log: '',
  };
}

function sample(time: bigint, pid: number) {
  const pids = [[pid, pid - 9, 'x']] as const;
  return { kind: 'container', host: 'h1', time, container: 'c', initPid: 10, addresses: [], pids } as const;
}

/** State entries as values: the order of their keys means nothing. */
function stateOf(graph: FoldedGraph): Map<string, unknown> {
  return new Map([...graph.state].map(([key, json]) => [key, JSON.parse(json)]));
}

const life = fc.array(step, { minLength: 1, maxLength: 120 }).map(play);

test('cutting the input into batches anywhere gives the same graph and the same state', () => {
  fc.assert(
    fc.property(life, fc.array(fc.nat(120), { maxLength: 6 }), (script, cuts) => {
      const whole = foldInto(new FoldedGraph(), script.inputs);
      const within = cuts.filter((cut) => cut > 0 && cut < script.inputs.length);
      const cut = foldInto(new FoldedGraph(), script.inputs, within);
      expect(cut.canonical()).toEqual(whole.canonical());
      expect(stateOf(cut)).toEqual(stateOf(whole));
      expect(cut.gaps).toEqual(whole.gaps);
    }),
    { numRuns: 300 },
  );
});

test('folding the same input again changes nothing', () => {
  fc.assert(
    fc.property(life, (script) => {
      const once = foldInto(new FoldedGraph(), script.inputs);
      const before = [once.canonical(), stateOf(once)];
      const twice = foldInto(once, script.inputs);
      expect([twice.canonical(), stateOf(twice)]).toEqual(before);
    }),
    { numRuns: 100 },
  );
});

test('every edge joins vertices that exist, and never ends before it begins', () => {
  fc.assert(
    fc.property(life, (script) => {
      const graph = foldInto(new FoldedGraph(), script.inputs);
      for (const e of graph.edges.values()) {
        expect(graph.vertices.has(e.from) && graph.vertices.has(e.to)).toBe(true);
        expect(e.first <= e.last && e.count > 0).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});
