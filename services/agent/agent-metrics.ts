/** The agent's counts as metrics, each with a name and what it means. */
import type { RecordTally } from './capture/record-tally.ts';
import type { SenderState } from './send/sender.ts';
import type { Spool } from './spool/spool.ts';
import type { Metric } from './status-server.ts';

export interface AgentCounts {
  readonly tally: RecordTally;
  readonly spool: Pick<Spool, 'bytes' | 'waiting_records' | 'torn_bytes'>;
  readonly sender: SenderState;
  readonly counts: { readonly dropped: number; readonly restarts: number };
  readonly skipped_bytes: number;
  readonly files: number;
}

export function agentMetrics({ tally, spool, sender, counts, skipped_bytes, files }: AgentCounts): Metric[] {
  const counter = (name: string, help: string, value: number): Metric => metric(name, help, 'counter', value);
  const gauge = (name: string, help: string, value: number): Metric => metric(name, help, 'gauge', value);
  return [
    counter('records_total', 'Records of the source and of the agent itself.', tally.records),
    counter('record_bytes_total', 'Bytes of them.', tally.bytes),
    counter('log_writes_total', 'Writes of log lines among them.', tally.logWrites),
    counter('lost_records_total', 'Records that the source lost, by its own counters.', tally.lost),
    counter('skipped_bytes_total', 'Bytes of the source that are no records.', skipped_bytes),
    counter('source_restarts_total', 'Starts of the source after it had failed.', counts.restarts),
    counter('dropped_records_total', 'Records that were dropped before they were sent.', counts.dropped),
    counter('sent_records_total', 'Records that ingest has.', sender.sent_records),
    counter('sent_batches_total', 'Batches that ingest has.', sender.sent_batches),
    counter('sent_bytes_total', 'Bytes of them, compressed.', sender.sent_bytes),
    counter('refused_records_total', 'Records that ingest refused for good.', sender.refused_records),
    counter('send_failures_total', 'Requests that ingest did not take.', sender.failures),
    gauge('spool_bytes', 'Bytes in the spool.', spool.bytes),
    gauge('spool_waiting_records', 'Records in the spool that were not sent.', spool.waiting_records),
    gauge('followed_files', 'Log files that are followed.', files),
    gauge('ingest_up', 'Whether ingest takes batches.', sender.trouble === undefined ? 1 : 0),
    gauge('resident_bytes', 'Memory that the agent holds.', process.memoryUsage.rss()),
  ];
}

function metric(name: string, help: string, type: Metric['type'], value: number): Metric {
  return { name: `disprotrack_agent_${name}`, help, type, value };
}
