/** What the routes of the ingest service work on. */
import type { AnalysisQueue } from '../core/analysis-queue.ts';
import type { BatchQueue } from '../core/batch-queue.ts';
import type { Access } from '../runtime/access.ts';
import type { RateLimitOptions } from '../runtime/http/rate-limit.ts';
import type { HttpSide } from '../runtime/http/service-app.ts';
import type { Metrics } from '../runtime/metrics.ts';

export interface IngestAppOptions extends HttpSide {
  readonly queue: BatchQueue;
  /** Of a service that analyses programs. */
  readonly analyses?: AnalysisQueue | undefined;
  readonly access: Access;
  readonly metrics: Metrics;
  /** Folder of profiles, which a worker reads; without it none is taken. */
  readonly profiles?: string | undefined;
  readonly rate?: RateLimitOptions | undefined;
}
