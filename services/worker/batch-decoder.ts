/**
 * The table of readers by media type: what makes items of a batch's bytes. A reader's half-read state is JSON by key,
 * so that it is committed with the fold's. It must not know queues or stores.
 */

import { type ContentType, type MediaType, mediaTypes } from '../contract/batch.ts';
import { containerSample } from '../contract/container-record.ts';
import { AppLogReader, type SavedAppLog } from '../core/app-log/app-log-reader.ts';
import type { FormatName } from '../core/app-log/format/line-format.ts';
import type { StreamName } from '../core/batch-queue.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { AuditReader, type SavedAuditReader } from '../core/event/audit-reader.ts';
import { RecordReader } from '../core/record/record-reader.ts';
import type { SensorName } from '../core/sensor/sensor-name.ts';
import { type SavedSensorReader, SensorReader } from '../core/sensor/sensor-reader.ts';
import { decodeState, encodeState } from '../core/state-table.ts';
import type { FoldItem } from '../core/upg/fold.ts';
import { ContainerSampleReader } from './container-sample-reader.ts';
import { EntryLineReader } from './entry-line-reader.ts';

export interface BatchDecoder {
  /** Whole units, the number of the first in its stream, and when they came (ns since the epoch). */
  write(bytes: Uint8Array, first: bigint, acceptedAt: bigint): void;
  /** Nothing more will come of this stream. */
  end(): void;
  /** Moves what changed of the half-read state since the last call into `into`, as JSON. */
  drainInto(into: Map<string, string | undefined>): void;
}

export interface DecoderOptions {
  readonly stream: StreamName;
  /** As diagnostics and entries call the source. */
  readonly name: string;
  readonly parameters: ContentType['parameters'];
  /** ns since the epoch: no line is later. */
  readonly notAfter: bigint;
  /** What `drainInto` gave so far. */
  readonly saved: ReadonlyMap<string, string>;
  readonly emit: (item: FoldItem) => void;
  readonly diagnose: (d: Diagnostic) => void;
}

/** A media type that is not here is for a later worker: its batches end among the dead letters, to be replayed. */
export const decoders: Readonly<Partial<Record<MediaType, (options: DecoderOptions) => BatchDecoder>>> = {
  [mediaTypes.records]: records,
  [mediaTypes.audit]: audit,
  [mediaTypes.log]: log,
  [mediaTypes.containers]: containers,
  [mediaTypes.entries]: entries,
  [mediaTypes.tetragon]: sensor('tetragon'),
  [mediaTypes.falco]: sensor('falco'),
  [mediaTypes.tracee]: sensor('tracee'),
  [mediaTypes.laurel]: sensor('laurel'),
};

const key = 'reader';

function records({ stream, saved, emit, diagnose }: DecoderOptions): BatchDecoder {
  const { host, boot: bootId, source: file } = stream;
  const options = { host, bootId, file, state: saved, sampleOf: containerSample, emit, diagnose };
  const reader = new RecordReader(options);
  return {
    write(bytes, first) {
      reader.seek(Number(first));
      reader.write(bytes);
      reader.flush();
    },
    end: () => reader.end(),
    drainInto: (into) => reader.drainInto(into),
  };
}

function audit({ stream: { host }, name, saved, emit, diagnose }: DecoderOptions): BatchDecoder {
  const state = saved.get(key);
  const before = state === undefined ? undefined : (decodeState(state) as SavedAuditReader);
  const reader = new AuditReader({ host, file: name, saved: before, emit, diagnose });
  return {
    write: (bytes) => reader.write(bytes),
    end: () => reader.end(),
    drainInto: (into) => into.set(key, encodeState(reader.save())),
  };
}

function log({
  stream: { host },
  name,
  parameters,
  notAfter,
  saved,
  emit,
  diagnose,
}: DecoderOptions): BatchDecoder {
  const state = saved.get(key);
  const reader = new AppLogReader({
    host,
    file: name,
    format: parameters.get('format') as FormatName | undefined,
    container: parameters.get('container'),
    zone: parameters.get('zone'),
    notAfter,
    saved: state === undefined ? undefined : (decodeState(state) as SavedAppLog),
    emit,
    keep: emit,
    diagnose,
  });
  return {
    write(bytes, first, acceptedAt) {
      reader.at(acceptedAt);
      reader.seek(Number(first) + 1);
      reader.write(bytes);
      // A format that nobody named is that of the first lines that came.
      reader.pause();
    },
    end: () => reader.end(),
    drainInto: (into) => into.set(key, encodeState(reader.save())),
  };
}

function entries({ stream: { host }, name, saved, emit, diagnose }: DecoderOptions): BatchDecoder {
  const line = Number(saved.get(key) ?? 0);
  const reader = new EntryLineReader({ host, file: name, line, emit, diagnose });
  return {
    write: (bytes, _, acceptedAt) => reader.write(bytes, acceptedAt),
    end: () => {},
    drainInto: (into) => into.set(key, String(reader.line)),
  };
}

function sensor(named: SensorName) {
  return ({ stream: { host }, name, saved, emit, diagnose }: DecoderOptions): BatchDecoder => {
    const state = saved.get(key);
    const before = state === undefined ? undefined : (decodeState(state) as SavedSensorReader);
    const reader = new SensorReader({ host, file: name, sensor: named, saved: before, emit, diagnose });
    return {
      write: (bytes) => reader.write(bytes),
      end: () => reader.end(),
      drainInto: (into) => into.set(key, encodeState(reader.save())),
    };
  };
}

function containers({ stream: { host }, name, emit, diagnose }: DecoderOptions): BatchDecoder {
  const reader = new ContainerSampleReader({ host, file: name, emit, diagnose });
  return { write: (bytes) => reader.write(bytes), end: () => reader.end(), drainInto: () => {} };
}
