/**
 * The port between who wants a program's profile and who analyses the program, in domain verbs: what was ordered is kept
 * until it was analysed or given up. Whoever implements it passes test/conformance. A queue must not know programs.
 */
import type { Consumption } from './batch-queue.ts';

export interface AnalysisOrder {
  /** The program, then what belongs to it: libraries that it loads, or its other sources. On the worker's machine. */
  readonly paths: readonly string[];
  /** What build the program must be of, in lower-case hex; left out: whichever is there. */
  readonly buildId?: string | undefined;
}

export interface QueuedAnalysis extends AnalysisOrder {
  /** The same for the same order. */
  readonly id: string;
  /** ms since the epoch. */
  readonly orderedAt: number;
}

export interface AnalysisLetter extends QueuedAnalysis {
  readonly reason: string;
  /** ms since the epoch. */
  readonly failedAt: number;
}

/** `waits`: it had been ordered before. `dead`: it is among the dead letters, and nothing was ordered. */
export type OrderState = 'new' | 'waits' | 'dead';

/** One call of `analyse` at a time. */
export interface AnalysisConsumer {
  /**
   * Resolves once the profile is kept; the order is then gone. An order may come again: it must then change nothing.
   * Rejects with `Unanalysable` where trying again is of no use.
   */
  analyse(order: QueuedAnalysis): Promise<void>;
  /** The worker stops: an analysis in hand rejects soon, and its order stays as it was. */
  stop(): void;
  /** An order was put among the dead letters. */
  buried(order: QueuedAnalysis, reason: string): void;
  /** Something went wrong that will be tried again, with this order, or (of none) with the queue itself. */
  failed(order: QueuedAnalysis | undefined, error: unknown): void;
}

export interface AnalysisQueue {
  /** Durable when it resolves. Throws QueueError `full` and `unavailable`. */
  order(order: AnalysisOrder): Promise<{ readonly id: string; readonly state: OrderState }>;
  /** Hands orders to `consumer`, oldest first, until it is stopped. What a consumer that died had in hand comes again. */
  consume(consumer: AnalysisConsumer): Promise<Consumption>;
  /** Oldest first; what is in hand, too. */
  waiting(): Promise<QueuedAnalysis[]>;
  /** Oldest first. */
  deadLetters(): Promise<AnalysisLetter[]>;
  /** Orders a dead letter anew; false where there is no such dead letter. */
  replay(id: string): Promise<boolean>;
  /** Forgets a dead letter for good; false where there is no such dead letter. */
  discard(id: string): Promise<boolean>;
  close(): Promise<void>;
}

/** The program can't be analysed, however often it is tried. */
export class Unanalysable extends Error {
  override readonly name = 'Unanalysable';
}

/** Bounds that both implementations keep. */
export interface AnalysisBounds {
  /** Orders that wait, and as many dead letters again. */
  readonly orders_max: number;
  /** How often an order is tried before it is put among the dead letters. */
  readonly attempts_max: number;
  /** How often an order may be in hand when its worker dies. */
  readonly deaths_max: number;
  /** Pause after a failure; doubled for each further one. */
  readonly retry_ms_min: number;
}

export const defaultAnalysisBounds: AnalysisBounds = {
  orders_max: 1_000,
  attempts_max: 3,
  deaths_max: 3,
  retry_ms_min: 1_000,
};
