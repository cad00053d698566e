/**
 * The streaming reader of a sensor's JSON lines: bytes in, system events out, each line by itself. What it gives
 * depends on the bytes alone, not on how they are cut. It must not know what any sensor's line means.
 */
import type { Diagnostic } from '../diagnostic.ts';
import { DiagnosticLimit } from '../event/diagnostic-limit.ts';
import type { SystemEvent } from '../event/event.ts';
import { LineSplitter, type SavedLine } from '../event/line-splitter.ts';
import { decodeUtf8, encodeUtf8 } from '../event/utf8.ts';
import { jsonFault } from './json-fault.ts';
import { type JsonObject, objectOf } from './json-member.ts';
import { withoutEnvelope } from './log-envelope.ts';
import type { SensorLine } from './sensor-event.ts';
import { sensorFormats, sensorOf } from './sensor-format.ts';
import { type SensorName, sensorNames } from './sensor-name.ts';
import { type SavedOrder, SerialOrder } from './serial-order.ts';

export interface SensorReaderOptions {
  readonly host: string;
  readonly file: string;
  /** Undefined: that of the first line that shows one. */
  readonly sensor?: SensorName | undefined;
  readonly emit: (event: SystemEvent) => void;
  readonly diagnose: (d: Diagnostic) => void;
  readonly saved?: SavedSensorReader | undefined;
}

/** `lines` = `events` + `ignored` + `broken` + `blank`. */
export interface SensorCounts {
  lines: number;
  events: number;
  /** Of kinds that nothing is made of. */
  ignored: number;
  broken: number;
  blank: number;
}

/** What a reader holds between two pieces of its log, as plain data. */
export interface SavedSensorReader {
  readonly sensor: SensorName | undefined;
  readonly line: number;
  readonly begun: SavedLine;
  readonly order: SavedOrder;
}

const line_bytes_max = 1 << 20;
const diagnostics_each_max = 100;
/** Kinds of ignored events that are named. */
const ignored_kinds_max = 50;

export class SensorReader {
  readonly counts: SensorCounts = { lines: 0, events: 0, ignored: 0, broken: 0, blank: 0 };
  readonly file: string;
  readonly #options: SensorReaderOptions;
  readonly #diagnostics: DiagnosticLimit;
  readonly #lines: LineSplitter;
  readonly #order: SerialOrder;
  readonly #ignored = new Set<string>();
  #sensor: SensorName | undefined;
  /** Of the stream, from 1; counts over savings. */
  #line: number;

  constructor(options: SensorReaderOptions) {
    this.#options = options;
    this.file = options.file;
    this.#sensor = options.saved?.sensor ?? options.sensor;
    this.#line = options.saved?.line ?? 0;
    this.#diagnostics = new DiagnosticLimit(options.file, options.diagnose, diagnostics_each_max);
    this.#lines = new LineSplitter(
      line_bytes_max,
      (bytes, start, end) => this.#read(bytes, start, end),
      (length) => this.#skip(length),
    );
    this.#order = new SerialOrder(options.emit);
    if (options.saved === undefined) return;
    this.#lines.restore(options.saved.begun);
    this.#order.restore(options.saved.order);
  }

  /** Undefined until a line showed it. */
  get sensor(): SensorName | undefined {
    return this.#sensor;
  }

  write(bytes: Uint8Array): void {
    this.#lines.write(bytes);
  }

  end(): void {
    this.#lines.end();
    this.#order.flush();
    this.#diagnostics.end();
  }

  /** The end for now: what is not whole, or may have something before it, is left. */
  pause(): void {
    this.#diagnostics.end();
  }

  save(): SavedSensorReader {
    return { sensor: this.#sensor, line: this.#line, begun: this.#lines.save(), order: this.#order.save() };
  }

  #read(bytes: Uint8Array, start: number, end: number): void {
    this.#begin();
    const line = decodeUtf8(bytes, start, end);
    const { text, place } = withoutEnvelope(line);
    const columnAt = (at: number): number => columnOf(line, place + at);
    if (text.trim() === '') {
      this.counts.blank++;
      return;
    }
    const json = parsed(text);
    if (json === undefined) {
      const fault = jsonFault(text);
      this.#broken('sensor-no-json', 'here the line stops being a JSON object', columnAt(fault));
      return;
    }
    this.#sensor ??= sensorOf(json);
    const sensor = this.#sensor;
    if (sensor === undefined) {
      const message = `it is of no sensor that is known: ${sensorNames.join(', ')}`;
      this.#broken('sensor-unknown', message, columnAt(text.search(/\S/)));
      return;
    }
    const context = { host: this.#options.host, serial: this.#line, text };
    const read = sensorFormats[sensor].read(json, context);
    const at = 'at' in read && read.at !== undefined ? text.indexOf(`"${read.at}"`) : 0;
    this.#take(sensor, read, columnAt(Math.max(at, 0)));
  }

  #take(sensor: SensorName, read: SensorLine, column: number): void {
    if ('event' in read) {
      this.counts.events++;
      if (sensorFormats[sensor].isNumbered) this.#order.add(read.event);
      else this.#options.emit(read.event);
    } else if ('ignored' in read) {
      this.counts.ignored++;
      this.#noteIgnored(sensor, read.ignored);
    } else {
      this.#broken('sensor-line', `no line of ${sensor}: ${read.problem}`, column);
    }
  }

  #noteIgnored(sensor: SensorName, kind: string): void {
    if (this.#ignored.has(kind) || this.#ignored.size >= ignored_kinds_max) return;
    this.#ignored.add(kind);
    const message = `nothing is made of ${sensor}'s ${kind.slice(0, 80)}: this line and others of it are passed over`;
    this.#diagnostics.add('note', 'sensor-ignored', message, this.#line, 0);
  }

  #skip(length: number): void {
    this.#begin();
    this.#broken(
      'sensor-line-too-long',
      `a line of ${length} bytes is longer than any event: it was left out`,
      0,
    );
  }

  #begin(): void {
    this.#line++;
    this.counts.lines++;
  }

  #broken(code: string, message: string, column: number): void {
    this.counts.broken++;
    this.#diagnostics.add('error', code, message, this.#line, column);
  }
}

function parsed(text: string): JsonObject | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** 1-based, in bytes. */
function columnOf(text: string, place: number): number {
  return encodeUtf8(text.slice(0, Math.max(0, place))).length + 1;
}
