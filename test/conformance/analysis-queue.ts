/** What every queue of analyses must do, whatever it is kept in. */
import { afterEach, describe, expect, test } from 'vitest';
import {
  type AnalysisBounds,
  type AnalysisQueue,
  type QueuedAnalysis,
  Unanalysable,
} from '../../services/core/analysis-queue.ts';

export interface AnalysisQueueUnderTest {
  readonly queue: AnalysisQueue;
  /** Closed in good order, and opened again over the same. */
  reopen(): Promise<AnalysisQueue>;
  /** As when the process dies, and another one comes. */
  crash(): Promise<AnalysisQueue>;
  destroy(): Promise<void>;
}

type Work = (order: QueuedAnalysis) => Promise<void>;

class Analyst {
  readonly done: string[] = [];
  readonly buriedFor: string[] = [];
  readonly failures: string[] = [];
  most = 0;
  #inHand = 0;
  #interrupt: (() => void) | undefined;
  readonly #work: Work;

  constructor(work: Work = async () => {}) {
    this.#work = work;
  }

  async analyse(order: QueuedAnalysis): Promise<void> {
    this.most = Math.max(this.most, ++this.#inHand);
    const stopped = new Promise<never>((_resolve, reject) => {
      this.#interrupt = () => reject(new Error('stopped'));
    });
    try {
      await Promise.race([this.#work(order), stopped]);
      this.done.push(order.paths[0]!);
    } finally {
      this.#inHand--;
    }
  }

  stop(): void {
    this.#interrupt?.();
  }

  buried(order: QueuedAnalysis, reason: string): void {
    this.buriedFor.push(`${order.paths[0]}: ${reason}`);
  }

  failed(order: QueuedAnalysis | undefined, error: unknown): void {
    this.failures.push(`${order?.paths[0]}: ${(error as Error).message}`);
  }
}

const never: Work = () => new Promise(() => {});
const waits = { timeout: 10_000, interval: 20 };

export function analysisQueueConformance(
  name: string,
  open: (bounds: Partial<AnalysisBounds>) => Promise<AnalysisQueueUnderTest>,
): void {
  let under: AnalysisQueueUnderTest | undefined;
  const opened = async (bounds: Partial<AnalysisBounds> = {}): Promise<AnalysisQueue> => {
    under = await open({ retry_ms_min: 10, ...bounds });
    return under.queue;
  };
  describe(name, () => {
    afterEach(() => under?.destroy());

    test('what is ordered is analysed once, oldest first, one at a time', async () => {
      const queue = await opened();
      const paths = ['a', 'b', 'c', 'd'];
      for (const path of paths) {
        expect(await queue.order({ paths: [path] })).toMatchObject({ state: 'new' });
        await later();
      }
      expect((await queue.waiting()).map((order) => order.paths[0])).toEqual(paths);
      const analyst = new Analyst(() => later());
      await queue.consume(analyst);
      await expect.poll(() => analyst.done, waits).toEqual(paths);
      expect(analyst.most).toBe(1);
      await expect.poll(() => queue.waiting(), waits).toEqual([]);
    });

    test('the same order is one, until it is done', async () => {
      const queue = await opened();
      const order = { paths: ['a', 'lib'], buildId: 'ab12' };
      const first = await queue.order(order);
      expect(await queue.order(order)).toEqual({ id: first.id, state: 'waits' });
      expect(await queue.order({ paths: ['a', 'lib'] })).toMatchObject({ state: 'new' });
      const [kept] = await queue.waiting();
      expect(kept).toMatchObject({ ...order, id: first.id, orderedAt: expect.any(Number) });
      const analyst = new Analyst();
      await queue.consume(analyst);
      await expect.poll(() => queue.waiting(), waits).toEqual([]);
      expect(await queue.order(order)).toEqual({ id: first.id, state: 'new' });
    });

    test('a poison order is tried again, and then a dead letter that stands in nobody’s way', async () => {
      const queue = await opened();
      const { id } = await queue.order({ paths: ['poison'] });
      await later();
      await queue.order({ paths: ['good'] });
      let isMended = false;
      const analyst = new Analyst(async (order) => {
        if (order.paths[0] === 'poison' && !isMended) throw new Error('it burns');
      });
      await queue.consume(analyst);
      await expect.poll(() => analyst.buriedFor, waits).toEqual(['poison: it burns']);
      await expect.poll(() => analyst.done, waits).toEqual(['good']);
      expect(analyst.failures).toEqual(['poison: it burns', 'poison: it burns']);
      expect(await queue.deadLetters()).toMatchObject([{ id, paths: ['poison'], reason: 'it burns' }]);
      expect(await queue.order({ paths: ['poison'] })).toEqual({ id, state: 'dead' });

      isMended = true;
      expect(await queue.replay('nothing')).toBe(false);
      expect(await queue.replay(id)).toBe(true);
      await expect.poll(() => analyst.done, waits).toEqual(['good', 'poison']);
      expect(await queue.deadLetters()).toEqual([]);
      expect(await queue.replay(id)).toBe(false);
    });

    test('what can’t be analysed is a dead letter at once, outlives the process, and can be forgotten', async () => {
      const queue = await opened();
      const { id } = await queue.order({ paths: ['text'] });
      const analyst = new Analyst(async () => {
        throw new Unanalysable('no program');
      });
      await queue.consume(analyst);
      await expect.poll(() => analyst.buriedFor, waits).toEqual(['text: no program']);
      expect(analyst.failures).toEqual([]);
      const again = await under!.reopen();
      expect(await again.deadLetters()).toMatchObject([{ id, reason: 'no program' }]);
      expect(await again.discard(id)).toBe(true);
      expect(await again.discard(id)).toBe(false);
      expect(await again.order({ paths: ['text'] })).toEqual({ id, state: 'new' });
    });

    test('a worker that stops gives back what it has in hand, as often as it likes', async () => {
      let queue = await opened({ attempts_max: 1, deaths_max: 1 });
      await queue.order({ paths: ['long'] });
      for (let turn = 0; turn < 3; turn++) {
        let isBegun = false;
        const analyst = new Analyst((order) => {
          isBegun = true;
          return never(order);
        });
        await queue.consume(analyst);
        await expect.poll(() => isBegun, waits).toBe(true);
        queue = await under!.reopen();
        expect(analyst.buriedFor).toEqual([]);
      }
      const analyst = new Analyst();
      await queue.consume(analyst);
      await expect.poll(() => analyst.done, waits).toEqual(['long']);
    });

    test('an order that workers die of becomes a dead letter', async () => {
      let queue = await opened({ deaths_max: 2 });
      await queue.order({ paths: ['killer'] });
      let begun = 0;
      const buried: string[] = [];
      for (let deaths = 0; deaths < 2; deaths++) {
        const analyst = new Analyst((order) => {
          begun++;
          return never(order);
        });
        await queue.consume(analyst);
        await expect.poll(() => begun, waits).toBe(deaths + 1);
        queue = await under!.crash();
      }
      const analyst = new Analyst();
      analyst.buried = (order) => buried.push(order.paths[0]!);
      await queue.consume(analyst);
      await expect.poll(() => buried, waits).toEqual(['killer']);
      expect(analyst.done).toEqual([]);
      expect(await queue.deadLetters()).toMatchObject([{ paths: ['killer'], reason: expect.any(String) }]);
    });

    test('a full queue says so', async () => {
      const queue = await opened({ orders_max: 2 });
      await queue.order({ paths: ['a'] });
      await queue.order({ paths: ['b'] });
      await expect(queue.order({ paths: ['c'] })).rejects.toMatchObject({ code: 'full' });
      expect(await queue.order({ paths: ['a'] })).toMatchObject({ state: 'waits' });
    });
  });
}

function later(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 3));
}
