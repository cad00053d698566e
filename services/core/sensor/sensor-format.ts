/** Which sensors' lines are read, how a line shows whose it is, and what reads it. The one place to look a sensor up. */
import { isFalco, readFalco } from './falco.ts';
import type { JsonObject } from './json-member.ts';
import { isLaurel, readLaurel } from './laurel.ts';
import type { LineContext, SensorLine } from './sensor-event.ts';
import { type SensorName, sensorNames } from './sensor-name.ts';
import { isTetragon, readTetragon } from './tetragon.ts';
import { isTracee, readTracee } from './tracee.ts';

export interface SensorFormat {
  /** Its events have audit's serials, and come a little out of their order. */
  readonly isNumbered: boolean;
  readonly is: (json: JsonObject) => boolean;
  readonly read: (json: JsonObject, context: LineContext) => SensorLine;
}

export const sensorFormats: Readonly<Record<SensorName, SensorFormat>> = {
  tetragon: { isNumbered: false, is: isTetragon, read: readTetragon },
  falco: { isNumbered: false, is: isFalco, read: readFalco },
  tracee: { isNumbered: false, is: isTracee, read: readTracee },
  laurel: { isNumbered: true, is: isLaurel, read: readLaurel },
};

/** Undefined where the line is of none that is known. */
export function sensorOf(json: JsonObject): SensorName | undefined {
  return sensorNames.find((name) => sensorFormats[name].is(json));
}
