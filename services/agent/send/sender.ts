/**
 * Brings what the spool holds to ingest, in order, one batch at a time, until ingest has said that it is kept. What
 * ingest refuses for good is passed over and said. It must not know records.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamName } from '../spool/segment.ts';
import { type Spool, type SpooledFrame, streamKey } from '../spool/spool.ts';
import { Backoff } from './backoff.ts';
import type { Answer, IngestClient } from './ingest-client.ts';

export interface SenderOptions {
  readonly spool: Spool;
  readonly client: Pick<IngestClient, 'send' | 'position'>;
  readonly backoff?: Backoff;
  /** A batch that ingest never takes, or that is damaged: its records are lost. */
  readonly onRefused: (frame: SpooledFrame, why: string) => void;
  readonly onNote: (note: string) => void;
}

export interface SenderState {
  sent_batches: number;
  sent_records: number;
  sent_bytes: number;
  refused_records: number;
  failures: number;
  /** Undefined while all goes well. */
  trouble: string | undefined;
}

/** Between looks at an empty spool, unless it is told of a batch. */
const idle_ms = 1_000;

export class Sender {
  readonly state: SenderState = {
    sent_batches: 0,
    sent_records: 0,
    sent_bytes: 0,
    refused_records: 0,
    failures: 0,
    trouble: undefined,
  };
  readonly #options: SenderOptions;
  readonly #backoff: Backoff;
  readonly #stop = new AbortController();
  /** Streams whose position was asked since the last failure, and what ingest wants next. */
  readonly #positions = new Map<string, bigint>();
  #wake: () => void = () => {};
  #drains = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? new Backoff();
  }

  /** There is something in the spool. */
  wake(): void {
    this.#wake();
  }

  /** Runs until stopped. */
  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const frame = this.#options.spool.first();
      if (frame === undefined) {
        if (this.#drains) return;
        await this.#idle();
      } else if (!(await this.#deliver(frame)) && this.#drains) return;
    }
  }

  /** Ends when all is sent, or ingest does not take it, or after `time_ms_max`. */
  drain(time_ms_max: number): void {
    this.#drains = true;
    this.#wake();
    setTimeout(() => this.stop(), time_ms_max).unref();
  }

  stop(): void {
    this.#stop.abort();
    this.#wake();
  }

  /** False where ingest did not take it for now. */
  async #deliver(frame: SpooledFrame): Promise<boolean> {
    const { head } = frame.segment;
    const next = await this.#position(head);
    if (next === undefined) return false;
    const { count } = frame.place;
    const first = frame.place.first + this.#options.spool.offset(head)!;
    const last = first + BigInt(count) - 1n;
    if (last < next) {
      // Its answer was lost, or the agent was killed before it came.
      this.#succeeded();
      await this.#options.spool.sent(frame);
      return true;
    }
    const read = await frame.segment.read(frame.place).catch(() => undefined);
    if (read === undefined) {
      await this.#refuse(frame, 'it is damaged, or was dropped');
      return true;
    }
    const answer = await this.#options.client.send({ ...head, first, last, body: read.body });
    if (answer.kind === 'refused') await this.#refuse(frame, answer.why);
    else if (answer.kind === 'later') await this.#wait(answer, head);
    else {
      this.#succeeded();
      this.#positions.set(streamKey(head), answer.next);
      this.state.sent_batches++;
      this.state.sent_records += count;
      this.state.sent_bytes += read.body.length;
      await this.#options.spool.sent(frame);
    }
    return answer.kind !== 'later';
  }

  /** What ingest wants next of the stream; asked once, and again after each failure. */
  async #position(stream: StreamName): Promise<bigint | undefined> {
    const known = this.#positions.get(streamKey(stream));
    if (known !== undefined) return known;
    const answer = await this.#options.client.position(stream);
    if (answer.kind === 'kept') {
      const { spool } = this.#options;
      const { next } = answer;
      if (spool.offset(stream) === undefined) await spool.setOffset(stream, next > 0n ? next - 1n : 0n);
      this.#positions.set(streamKey(stream), next);
      return next;
    }
    await this.#wait(
      answer.kind === 'later' ? answer : { ...answer, kind: 'later', retryAfter: undefined },
      stream,
    );
    return undefined;
  }

  async #wait(answer: Extract<Answer, { kind: 'later' }>, stream: StreamName): Promise<void> {
    this.#positions.delete(streamKey(stream));
    this.state.failures++;
    if (this.state.trouble === undefined) this.#options.onNote(`ingest does not take batches: ${answer.why}`);
    this.state.trouble = answer.why;
    if (this.#drains) return;
    await sleep(this.#backoff.next(answer.retryAfter), undefined, { signal: this.#stop.signal }).catch(
      () => {},
    );
  }

  #succeeded(): void {
    if (this.state.trouble !== undefined) this.#options.onNote('ingest takes batches again');
    this.state.trouble = undefined;
    this.#backoff.reset();
  }

  async #refuse(frame: SpooledFrame, why: string): Promise<void> {
    this.state.refused_records += frame.place.count;
    this.#options.onRefused(frame, why);
    await this.#options.spool.sent(frame);
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, idle_ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
