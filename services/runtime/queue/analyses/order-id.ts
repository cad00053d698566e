/** What an order for an analysis is known by: the same for the same program. */
import { createHash } from 'node:crypto';
import type { AnalysisOrder } from '../../../core/analysis-queue.ts';

const digits = 24;

export function orderId({ paths, buildId }: AnalysisOrder): string {
  const hash = createHash('sha256').update(JSON.stringify([paths, buildId ?? null]));
  return `analysis-${hash.digest('hex').slice(0, digits)}`;
}
