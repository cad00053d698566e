/** Reads a sensor's lines whole or in pieces, for tests and the fuzzer. */
import type { Diagnostic } from '../../services/core/diagnostic.ts';
import type { SystemEvent } from '../../services/core/event/event.ts';
import type { SensorName } from '../../services/core/sensor/sensor-name.ts';
import { type SensorCounts, SensorReader } from '../../services/core/sensor/sensor-reader.ts';

export interface ReadSensor {
  readonly events: SystemEvent[];
  readonly diagnostics: Diagnostic[];
  readonly counts: SensorCounts;
  readonly sensor: SensorName | undefined;
}

export interface ReadSensorOptions {
  readonly file?: string;
  readonly sensor?: SensorName | undefined;
  /** Ends of the pieces, ascending. */
  readonly cuts?: readonly number[];
}

export function readSensor(
  bytes: Uint8Array,
  { file = 'sensor', sensor, cuts = [] }: ReadSensorOptions,
): ReadSensor {
  const events: SystemEvent[] = [];
  const diagnostics: Diagnostic[] = [];
  const reader = new SensorReader({
    host: 'host',
    file,
    sensor,
    emit: (event) => events.push(event),
    diagnose: (d) => diagnostics.push(d),
  });
  let start = 0;
  for (const end of [...cuts, bytes.length]) {
    reader.write(bytes.subarray(start, end));
    start = end;
  }
  reader.end();
  return { events, diagnostics, counts: reader.counts, sensor: reader.sensor };
}
