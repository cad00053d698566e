/** What every batch queue does, whatever keeps its batches. A suite over implementations. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Batch,
  type BatchConsumer,
  type BatchQueue,
  type Consumption,
  keys_max,
  NotNow,
  type QueueBounds,
  type QueuedBatch,
} from '../../services/core/batch-queue.ts';

export interface OpenedQueue {
  readonly queue: BatchQueue;
  /** Opens again what was kept, after an orderly end. */
  reopen(): Promise<BatchQueue>;
  /** The same after an end in the middle of things: who had batches in hand never says another word. */
  crash(): Promise<BatchQueue>;
  destroy(): Promise<void>;
}

const quick: Partial<QueueBounds> = { retry_ms_min: 1, attempts_max: 3, deaths_max: 3 };

export function batchQueueConformance(
  name: string,
  open: (bounds: Partial<QueueBounds>) => Promise<OpenedQueue>,
): void {
  describe(`${name} is a batch queue`, () => {
    let opened: OpenedQueue;
    let queue: BatchQueue;
    const begin = async (bounds: Partial<QueueBounds> = {}): Promise<void> => {
      await opened?.destroy();
      opened = await open({ ...quick, ...bounds });
      queue = opened.queue;
    };
    beforeEach(() => begin());
    afterEach(async () => {
      await opened.destroy();
    });

    describe('accepting', () => {
      test('hands over what was accepted, byte for byte, and forgets it once folded', async () => {
        const bytes = randomBytes(1 << 20);
        const batch = makeBatch(0, 9, { bytes, contentType: 'text/x; name="a b"', encoding: 'zstd' });
        expect(await queue.accept(batch)).toEqual({ isNew: true, next: 10n });
        expect(await queue.depth()).toMatchObject({ batches: 1, bytes: bytes.length, deadLetters: 0 });
        const folder = await Folder.of(queue);
        await folder.until(1);
        const [given] = folder.batches;
        expect({ ...given!, bytes: Buffer.from(given!.bytes).equals(bytes) }).toMatchObject({
          ...batch,
          bytes: true,
        });
        await empty(queue);
        expect(await queue.depth()).toEqual({ batches: 0, bytes: 0, deadLetters: 0, oldest: undefined });
        await folder.stop();
      });

      test('the same batch again changes nothing; an overlap and a gap are accepted', async () => {
        expect(await queue.next(stream())).toBeUndefined();
        await queue.accept(makeBatch(0, 9));
        expect(await queue.accept(makeBatch(0, 9))).toEqual({ isNew: false, next: 10n });
        expect(await queue.accept(makeBatch(3, 7))).toEqual({ isNew: false, next: 10n });
        expect(await queue.accept(makeBatch(5, 14))).toEqual({ isNew: true, next: 15n });
        expect(await queue.accept(makeBatch(20, 20))).toEqual({ isNew: true, next: 21n });
        expect(await queue.next(stream())).toBe(21n);
        expect(await queue.next(stream('h1', 'other'))).toBeUndefined();
        const folder = await Folder.of(queue);
        await folder.until(3);
        expect(folder.firsts).toEqual([0, 5, 20]);
        await folder.stop();
      });

      test('what a stream went on without comes too late, also after an orderly end', async () => {
        await queue.accept(makeBatch(1, 4));
        await queue.accept(makeBatch(8, 9));
        await queue.accept(makeBatch(20, 20));
        await expect(queue.accept(makeBatch(5, 7))).rejects.toMatchObject({ code: 'late' });
        await expect(queue.accept(makeBatch(0, 15))).rejects.toMatchObject({ code: 'late' });
        expect(await queue.accept(makeBatch(8, 9))).toEqual({ isNew: false, next: 21n });
        queue = await opened.reopen();
        await expect(queue.accept(makeBatch(10, 10))).rejects.toMatchObject({ code: 'late' });
        expect(await queue.accept(makeBatch(0, 4))).toMatchObject({ isNew: false });
        expect(await queue.accept(makeBatch(10, 21))).toMatchObject({ isNew: true });
        await queue.accept(makeBatch(5, 9, { stream: stream('h2') }));
        const before = queue.accept(makeBatch(0, 4, { stream: stream('h2') }));
        await expect(before).rejects.toMatchObject({ code: 'late' });
      });

      test('of many gaps, the newest are remembered', async () => {
        for (let n = 0; n < 40; n += 2) await queue.accept(makeBatch(n, n));
        expect(await queue.accept(makeBatch(1, 1))).toMatchObject({ isNew: false });
        await expect(queue.accept(makeBatch(37, 37))).rejects.toMatchObject({ code: 'late' });
        expect(await queue.next(stream())).toBe(39n);
      });

      test('numbers are compared as numbers, however large', async () => {
        const large = 2n ** 63n - 2n;
        await queue.accept({ ...makeBatch(0, 0), first: 9n, last: 9n });
        await queue.accept({ ...makeBatch(0, 0), first: 10n, last: large });
        expect(await queue.next(stream())).toBe(large + 1n);
        expect(await queue.accept({ ...makeBatch(0, 0), first: 9n, last: 99n })).toMatchObject({
          isNew: false,
        });
      });

      test('many requests at once: each accepted once', async () => {
        const twice = Array.from({ length: 40 }, (_, i) => makeBatch(i >> 1, i >> 1));
        const answers = await Promise.all(twice.map((batch) => queue.accept(batch)));
        expect(answers.filter(({ isNew }) => isNew)).toHaveLength(20);
        const folder = await Folder.of(queue);
        await folder.until(20);
        expect(folder.firsts).toEqual(Array.from({ length: 20 }, (_, i) => i));
        await folder.stop();
      });

      test('what comes without numbers gets them in order, and once for each key', async () => {
        const append = (key: string, count = 2) => {
          const { first: _, last: __, ...batch } = makeBatch(0, 0);
          return queue.append({ ...batch, count, key });
        };
        expect(await append('a')).toEqual({ isNew: true, next: 2n });
        expect(await append('b', 3)).toEqual({ isNew: true, next: 5n });
        expect(await append('a')).toEqual({ isNew: false, next: 5n });
        queue = await opened.reopen();
        expect(await append('b', 3)).toEqual({ isNew: false, next: 5n });
        const again = Array.from({ length: 20 }, (_, i) => append(`k${i >> 1}`));
        expect((await Promise.all(again)).filter(({ isNew }) => isNew)).toHaveLength(10);
        expect(await queue.next(stream())).toBe(25n);
        const folder = await Folder.of(queue);
        await folder.until(12);
        expect(folder.firsts).toEqual([0, 2, ...Array.from({ length: 10 }, (_, i) => 5 + 2 * i)]);
        await folder.stop();
        // Folded or not.
        expect(await append('a')).toMatchObject({ isNew: false });
      });

      test('of many keys, the newest are remembered', async () => {
        const { first: _, last: __, ...batch } = makeBatch(0, 0);
        for (let i = 0; i <= keys_max; i++) await queue.append({ ...batch, count: 1, key: `key${i}x` });
        expect(await queue.append({ ...batch, count: 1, key: 'key1x' })).toMatchObject({ isNew: false });
        expect(await queue.append({ ...batch, count: 1, key: 'key0x' })).toMatchObject({ isNew: true });
      });

      test('positions that the fold has reached are taken over, and never go back', async () => {
        await queue.raise(new Map([['h1/boot/audit', 50n]]));
        expect(await queue.next(stream())).toBe(50n);
        await queue.raise(new Map([['h1/boot/audit', 20n]]));
        expect(await queue.accept(makeBatch(0, 49))).toEqual({ isNew: false, next: 50n });
      });
    });

    describe('bounds', () => {
      test('refuses beyond its bytes, and accepts again once there is room', async () => {
        await begin({ bytes_max: 3_000 });
        const bytes = randomBytes(1_000);
        for (let i = 0; i < 3; i++) await queue.accept(makeBatch(i, i, { bytes }));
        await expect(queue.accept(makeBatch(3, 3, { bytes }))).rejects.toMatchObject({ code: 'full' });
        expect(await queue.next(stream())).toBe(3n);
        const folder = await Folder.of(queue);
        await empty(queue);
        expect(await queue.accept(makeBatch(3, 3, { bytes }))).toMatchObject({ isNew: true });
        await folder.stop();
      });

      test('refuses beyond its number of batches', async () => {
        await begin({ batches_max: 2 });
        await queue.accept(makeBatch(0, 0));
        await queue.accept(makeBatch(1, 1));
        await expect(queue.accept(makeBatch(2, 2))).rejects.toMatchObject({ code: 'full' });
        expect(await queue.accept(makeBatch(1, 1))).toMatchObject({ isNew: false });
      });

      test('hands over no more at once than its bounds say', async () => {
        await begin({ handed_batches_max: 4, handed_bytes_max: 2_500 });
        for (let i = 0; i < 9; i++)
          await queue.accept(makeBatch(i, i, { bytes: randomBytes(i < 3 ? 1_000 : 10) }));
        const folder = await Folder.of(queue);
        await folder.until(9);
        expect(folder.firsts).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
        expect(Math.max(...folder.calls.map((call) => call.length))).toBeLessThanOrEqual(4);
        expect(folder.calls[0]).toHaveLength(2);
        await folder.stop();
      });
    });

    describe('order', () => {
      test('the streams of a host keep their order, and hosts go side by side', async () => {
        const folder = await Folder.of(queue);
        folder.delay_ms = 2;
        const batches = Array.from({ length: 60 }, (_, i) =>
          makeBatch(i, i, { stream: stream(`h${i % 3}`, i % 2 === 0 ? 'audit' : 'log') }),
        );
        for (const batch of batches) await queue.accept(batch);
        await folder.until(60);
        for (const host of ['h0', 'h1', 'h2']) {
          const firsts = folder.batches.filter((b) => b.stream.host === host).map((b) => Number(b.first));
          expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
        }
        expect(folder.overlapping).toBe(0);
        await folder.stop();
      });

      test('a host that is held up holds up no other', async () => {
        const folder = await Folder.of(queue);
        folder.hold = (batch) => batch.stream.host === 'h1';
        await queue.accept(makeBatch(0, 0));
        for (let i = 0; i < 5; i++) await queue.accept(makeBatch(i, i, { stream: stream('h2') }));
        await folder.until(5);
        expect(new Set(folder.batches.map((b) => b.stream.host))).toEqual(new Set(['h2']));
        folder.release();
        await folder.until(6);
        await folder.stop();
      });
    });

    describe('failures', () => {
      test('what could not be stored now comes again, in order, however often', async () => {
        let refusals = 9;
        for (let i = 0; i < 3; i++) await queue.accept(makeBatch(i, i));
        const folder = await Folder.of(queue);
        folder.before = () => {
          if (refusals-- > 0) throw new NotNow(new Error('the disk is full'));
        };
        await folder.until(3);
        expect(folder.firsts).toEqual([0, 1, 2]);
        expect(folder.failures.length).toBeGreaterThanOrEqual(9);
        expect(await queue.deadLetters()).toEqual([]);
        await folder.stop();
      });

      test('a batch that fails by itself becomes a dead letter, and those behind it go on', async () => {
        for (let i = 0; i < 5; i++) await queue.accept(makeBatch(i, i));
        const folder = await Folder.of(queue);
        folder.before = poison(2n);
        await folder.until(4);
        await empty(queue);
        expect(new Set(folder.firsts)).toEqual(new Set([0, 1, 3, 4]));
        expect(folder.graves.map(({ first }) => first)).toEqual([2n]);
        const [letter] = await queue.deadLetters();
        const { bytes: _, ...rest } = makeBatch(2, 2);
        expect(letter).toMatchObject({
          ...rest,
          size: 3,
          reason: 'batch 2 is poison',
        });
        const inspected = await queue.deadLetter(letter!.id);
        expect([inspected!.letter, Buffer.from(inspected!.bytes).toString()]).toEqual([letter, '2-2']);
        expect(await queue.deadLetter('nobody')).toBeUndefined();
        expect(await queue.depth()).toMatchObject({ batches: 0, bytes: 3, deadLetters: 1 });
        await folder.stop();
      });

      test('a dead letter is replayed behind what waits, or discarded', async () => {
        for (let i = 0; i < 3; i++) await queue.accept(makeBatch(i, i));
        const folder = await Folder.of(queue);
        folder.before = (batch) => {
          if (!batch.isReplay && batch.first < 2n) throw new Error('no');
        };
        await folder.until(1);
        await empty(queue);
        const [first, second] = await queue.deadLetters();
        expect(await queue.replay('nobody')).toBe(false);
        expect(await queue.discard('nobody')).toBe(false);
        expect(await queue.discard(second!.id)).toBe(true);
        expect(await queue.replay(first!.id)).toBe(true);
        await folder.until(2);
        await empty(queue);
        expect(folder.batches.at(-1)).toMatchObject({ id: first!.id, first: 0n, isReplay: true });
        expect(await queue.depth()).toMatchObject({ batches: 0, bytes: 0, deadLetters: 0 });
        expect(await queue.next(stream())).toBe(3n);
        await folder.stop();
      });

      test('a burial that could not be told of is told of again', async () => {
        await queue.accept(makeBatch(0, 0));
        const folder = await Folder.of(queue);
        folder.before = poison(0n);
        let refusals = 3;
        folder.burying = () => {
          if (refusals-- > 0) throw new NotNow(new Error('not now'));
        };
        await empty(queue);
        expect(folder.graves).toHaveLength(1);
        expect(await queue.deadLetters()).toHaveLength(1);
        await folder.stop();
      });
    });

    describe('ends', () => {
      test('stopping finishes what is in hand, and hands over no more', async () => {
        for (let i = 0; i < 3; i++) await queue.accept(makeBatch(i, i));
        const folder = await Folder.of(queue);
        folder.hold = () => true;
        await folder.held();
        const stopped = folder.stop();
        await queue.accept(makeBatch(3, 3));
        folder.release();
        await stopped;
        const done = folder.batches.length;
        expect(done).toBeGreaterThan(0);
        expect((await queue.depth()).batches).toBe(4 - done);
      });

      test('what was not folded is there after an orderly end, what was folded is not', async () => {
        for (let i = 0; i < 3; i++) await queue.accept(makeBatch(i, i));
        const first = await Folder.of(queue);
        await first.until(3);
        await empty(queue);
        await first.stop();
        await queue.accept(makeBatch(3, 4));
        await queue.accept(makeBatch(5, 5));
        queue = await opened.reopen();
        expect(await queue.next(stream())).toBe(6n);
        expect(await queue.accept(makeBatch(0, 3))).toMatchObject({ isNew: false });
        expect((await queue.depth()).batches).toBe(2);
        const folder = await Folder.of(queue);
        await folder.until(2);
        expect(folder.firsts).toEqual([3, 5]);
        await folder.stop();
      });

      test('what a consumer had in hand when it died comes again, in order', async () => {
        for (let i = 0; i < 4; i++) await queue.accept(makeBatch(i, i));
        const dying = await Folder.of(queue);
        dying.hold = () => true;
        await dying.held();
        queue = await opened.crash();
        const folder = await Folder.of(queue);
        await folder.until(4);
        expect(folder.firsts).toEqual([0, 1, 2, 3]);
        await folder.stop();
        dying.release();
      });

      test('a batch in whose company consumers die again and again becomes a dead letter', async () => {
        await queue.accept(makeBatch(0, 0));
        await queue.accept(makeBatch(1, 1));
        const dead: Folder[] = [];
        for (let death = 0; death < 3; death++) {
          const dying = await Folder.of(queue);
          dead.push(dying);
          dying.hold = (batch) => batch.first === 0n;
          await dying.held();
          queue = await opened.crash();
        }
        const folder = await Folder.of(queue);
        await folder.until(1);
        await empty(queue);
        expect(folder.firsts).toEqual([1]);
        expect((await queue.deadLetters()).map(({ first }) => first)).toEqual([0n]);
        await folder.stop();
        for (const dying of dead) dying.release();
      });
    });
  });
}

/** A consumer that keeps what it was given. */
class Folder implements BatchConsumer {
  readonly batches: QueuedBatch[] = [];
  readonly calls: (readonly QueuedBatch[])[] = [];
  readonly graves: QueuedBatch[] = [];
  readonly failures: unknown[] = [];
  before: (batch: QueuedBatch) => void = () => {};
  burying: (batch: QueuedBatch) => void = () => {};
  hold: (batch: QueuedBatch) => boolean = () => false;
  delay_ms = 0;
  /** Calls for a host that came while another for it was not over. */
  overlapping = 0;
  readonly #busy = new Set<string>();
  #release: (() => void)[] = [];
  #consumption: Consumption | undefined;

  static async of(queue: BatchQueue): Promise<Folder> {
    const folder = new Folder();
    folder.#consumption = await queue.consume(folder);
    return folder;
  }

  get firsts(): number[] {
    return this.batches.map(({ first }) => Number(first));
  }

  async fold(batches: readonly QueuedBatch[]): Promise<void> {
    const { host } = batches[0]!.stream;
    if (this.#busy.has(host)) this.overlapping++;
    this.#busy.add(host);
    try {
      for (const batch of batches) this.before(batch);
      if (batches.some((batch) => this.hold(batch)))
        await new Promise<void>((done) => this.#release.push(done));
      if (this.delay_ms > 0) await pause(this.delay_ms);
      this.calls.push(batches);
      this.batches.push(...batches);
    } finally {
      this.#busy.delete(host);
    }
  }

  async buried(batch: QueuedBatch): Promise<void> {
    this.burying(batch);
    this.graves.push(batch);
  }

  failed(_batches: readonly QueuedBatch[], error: unknown): void {
    this.failures.push(error);
  }

  async until(count: number): Promise<void> {
    await eventually(
      () => this.batches.length >= count,
      () => `${this.batches.length} of ${count} batches came`,
    );
  }

  async held(): Promise<void> {
    await eventually(
      () => this.#release.length > 0,
      () => 'nothing is held',
    );
  }

  release(): void {
    this.hold = () => false;
    for (const done of this.#release.splice(0)) done();
  }

  async stop(): Promise<void> {
    await this.#consumption!.stop();
  }
}

function poison(first: bigint): (batch: QueuedBatch) => void {
  return (batch) => {
    if (batch.first === first) throw new Error(`batch ${first} is poison`);
  };
}

async function empty(queue: BatchQueue): Promise<void> {
  let left = -1;
  await eventually(
    async () => {
      left = (await queue.depth()).batches;
      return left === 0;
    },
    () => `${left} batches are left`,
  );
}

async function eventually(is: () => boolean | Promise<boolean>, otherwise: () => string): Promise<void> {
  const until = performance.now() + 20_000;
  while (!(await is())) {
    if (performance.now() > until) throw new Error(otherwise());
    await pause(5);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function stream(host = 'h1', source = 'audit') {
  return { host, boot: 'boot', source };
}

function makeBatch(first: number, last: number, given: Partial<Batch> = {}): Batch {
  const base = { stream: stream(), contentType: 'text/x', encoding: 'identity' as const };
  return {
    ...base,
    first: BigInt(first),
    last: BigInt(last),
    bytes: Buffer.from(`${first}-${last}`),
    ...given,
  };
}
