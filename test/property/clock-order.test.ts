/**
 * Lines whose clock is not the kernel's: the difference is learned, lines find their place by it, and nothing that the
 * kernel put in order is put in another.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AppEntry } from '../../services/core/app-log/app-entry.ts';
import { ClockDifferences } from '../../services/core/ascl/clock-difference.ts';
import type { FoldInput } from '../../services/core/upg/fold.ts';
import { EventScript, open, writeOnly } from '../fixture/event-script.ts';
import { FoldedGraph, foldInto } from '../fixture/folded-graph.ts';

const second = 1_000_000_000n;
const millisecond = 1_000_000n;
const lines_count = 80;

interface Life {
  readonly inputs: readonly FoldInput[];
  /** By length: when the line was written. */
  readonly writes: ReadonlyMap<number, bigint>;
}

/** A server that writes lines, each of a length of its own, timed by a clock that is `skew` ahead of the kernel's. */
function life(skew: bigint, precision: bigint): Life {
  const s = new EventScript().call(20, 'openat', open('/var/log/a.log', 7, writeOnly));
  const writes = new Map<number, bigint>();
  const timed: { at: bigint; input: FoldInput['item'] }[] = [];
  for (let i = 0; i < lines_count; i++) {
    s.wait(700 + (i % 9) * 13);
    const time = s.time;
    const printed = time - millisecond + skew;
    timed.push({
      at: printed - 10n * millisecond,
      input: line(printed - (printed % precision), i + 30, precision),
    });
    s.call(20, 'write', { args: [7], exit: i + 30 });
    writes.set(i + 30, time);
  }
  // As an import merges them: by time.
  const events = s.inputs.map((input) => ({ at: (input.item as { time: bigint }).time, input: input.item }));
  const merged = [...events, ...timed].sort((a, b) => Number(a.at - b.at));
  const inputs = merged.map(({ input }, i) => ({ stream: 'h1/all', position: BigInt(i), item: input }));
  return { inputs, writes };
}

function line(time: bigint, byteLength: number, timePrecision: bigint): AppEntry {
  const who = {
    kind: 'app',
    host: 'h1',
    container: undefined,
    pid: 20,
    pidSource: 'namespace-or-host',
  } as const;
  const text = `line ${byteLength}`;
  const where = { source: 'a.log', line: byteLength, lines: 1, log: '' };
  const what = { text, message: text, byteLength, level: undefined, request: undefined };
  return { ...who, time, timeSource: 'line', timePrecision, ...what, ...where };
}

/** When each line was placed, by length. */
function placed(graph: FoldedGraph): Map<number, bigint> {
  return new Map(
    [...graph.uses.keys()].map((key) => {
      const [time, length] = key.split('|').slice(-2) as [string, string];
      return [Number(length), BigInt(time)];
    }),
  );
}

test.each([0n, 20n, -20n, 3n, -3n])('a clock that is %i s ahead', (seconds) => {
  for (const precision of [millisecond, second]) {
    const { inputs, writes } = life(seconds * second, precision);
    const times = placed(foldInto(new FoldedGraph(), inputs));
    for (const [length, time] of [...writes].slice(lines_count / 2)) {
      const by = times.get(length)! - time;
      expect([length, by >= -2n * precision && by <= 2n * precision + 100n * millisecond]).toEqual([
        length,
        true,
      ]);
    }
  }
});

test('lines that are found by their writes stand in the order of these, wherever batches end', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -4_000, max: 9 }),
      fc.uniqueArray(fc.nat(90), { maxLength: 5 }),
      (ms, cuts) => {
        const { inputs, writes } = life(BigInt(ms) * millisecond, millisecond);
        const graph = foldInto(new FoldedGraph(), inputs);
        const times = placed(graph);
        const found = [...writes].filter(([length, time]) => times.get(length) === time);
        expect(found.length).toBeGreaterThan(lines_count - 12);
        expect(foldInto(new FoldedGraph(), inputs, cuts).canonical()).toEqual(graph.canonical());
      },
    ),
    { numRuns: 30 },
  );
});

test('what has nothing to do with each other says nothing of the clocks', () => {
  const clocks = new ClockDifferences(new Map());
  for (let i = 0; i < 200; i++) {
    const time = BigInt(i) * second;
    clocks.line('h1/a.log', { ...line(time, 100 + ((i * 7) % 11), second), stream: 's' });
    const at = time + BigInt((i * 7_919) % 60_000) * millisecond;
    const who = {
      host: 'h1',
      pid: 20,
      namespacePid: undefined,
      container: undefined,
      object: 'f',
      path: '/a.log',
    };
    clocks.write({ ...who, time: at, bytes: 100 + ((i * 5) % 13) });
  }
  expect(clocks.of('h1/a.log')).toBeUndefined();
});
