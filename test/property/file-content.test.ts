/** What a file holds once it was cut to nothing: traces against a model that carries contents from call to call. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { trace } from '../../services/core/trace/trace-run.ts';
import { endOfTime } from '../../services/core/trace/traversal.ts';
import { FoldedGraph, foldInto } from '../fixture/folded-graph.ts';
import { memoryReader } from '../fixture/memory-reader.ts';
import { readRecords } from '../fixture/read-records.ts';
import { onFile, RecordScript } from '../fixture/record-script.ts';

const flagsOf = { read: 0, write: 1, cut: 0o1001, append: 0o2001, both: 2, 'cut both': 0o1002 };
type Mode = keyof typeof flagsOf;

const step = fc.record({
  what: fc.constantFrom<'open' | 'read' | 'write' | 'cut' | 'mode'>(
    'open',
    'open',
    'read',
    'write',
    'cut',
    'mode',
  ),
  process: fc.integer({ min: 10, max: 14 }),
  file: fc.constantFrom('/a', '/b', '/c'),
  mode: fc.constantFrom<Mode>('read', 'write', 'cut', 'cut', 'append', 'both', 'cut both'),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
const steps = fc.array(step, { maxLength: 60, size: 'max' });

const fds: Readonly<Record<string, number>> = { '/a': 3, '/b': 4, '/c': 5 };

/** Plays the steps, and gives whose information each process and each file has at the end. */
function play(given: readonly Step[]): { script: RecordScript; knows: Map<number, Set<number>> } {
  const script = new RecordScript();
  const knows = new Map<number, Set<number>>();
  const holds = new Map<string, Set<number>>();
  const lasting = new Map<string, Set<number>>();
  const of = <K>(sets: Map<K, Set<number>>, key: K, first: readonly number[] = []): Set<number> => {
    if (!sets.has(key)) sets.set(key, new Set(first));
    return sets.get(key)!;
  };
  const add = (to: Set<number>, from: ReadonlySet<number>): void => {
    for (const each of from) to.add(each);
  };
  for (const { what, process, file, mode } of given) {
    const own = of(knows, process, [process]);
    const content = of(holds, file);
    const read = (): void => {
      for (const each of [content, of(lasting, file)]) add(own, each);
    };
    const args = [fds[file]!];
    if (what === 'open') {
      script.call(process, 'openat', { args: [-100, 0, flagsOf[mode]], result: fds[file]!, ...onFile(file) });
      if (mode.startsWith('cut')) content.clear();
      if (mode === 'read' || mode.endsWith('both')) read();
      if (mode !== 'read') add(content, own);
    } else if (what === 'read') {
      script.call(process, 'read', { args, result: 5, ...onFile(file) });
      read();
    } else if (what === 'write') {
      script.call(process, 'write', { args, result: 5, ...onFile(file) });
      add(content, own);
    } else if (what === 'cut') {
      script.call(process, 'ftruncate', { args: [...args, 0], ...onFile(file) });
      content.clear();
      add(content, own);
    } else {
      script.call(process, 'fchmod', { args, ...onFile(file) });
      add(of(lasting, file), own);
    }
  }
  return { script, knows };
}

/** Numbers of the processes that a backward trace from `process` reaches, itself among them. */
async function reached(graph: FoldedGraph, process: number): Promise<Set<number>> {
  const start = [...graph.vertices.keys()].find((id) => id.startsWith(`process:h1/${process}@`))!;
  const reader = memoryReader({ vertices: [...graph.vertices.values()], edges: [...graph.edges.values()] });
  const bounds = { depth_levels_max: 1_000, vertices_max: 1_000, edgesOfVertex_max: 1_000 };
  const traced = await trace(reader, [{ vertex: start, time: endOfTime }], 'backward', bounds);
  const ids = [...traced.reached.keys()].map((id) => /^process:h1\/(\d+)@/.exec(id)?.[1]);
  return new Set(ids.filter((id) => id !== undefined).map(Number));
}

function folded(script: RecordScript): FoldedGraph {
  const items = readRecords(script.bytes).items;
  return foldInto(
    new FoldedGraph(),
    items.map((item, i) => ({ stream: 'h1/ebpf', position: BigInt(i), item })),
  );
}

test('where contents alone change, a trace has those whose information is there, and nobody else', async () => {
  const contents = steps.map((all) => all.filter(({ what }) => what !== 'mode'));
  await fc.assert(
    fc.asyncProperty(contents, async (given) => {
      const { script, knows } = play(given);
      const graph = folded(script);
      for (const [process, known] of knows) expect(await reached(graph, process)).toEqual(known);
    }),
    { numRuns: 300 },
  );
});

test('where modes change too, nobody is missing', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (given) => {
      const { script, knows } = play(given);
      const graph = folded(script);
      for (const [process, known] of knows) {
        const found = await reached(graph, process);
        for (const each of known) expect(found).toContain(each);
      }
    }),
    { numRuns: 300 },
  );
});
