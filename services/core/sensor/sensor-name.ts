/** The sensors that are read, by name: apart from what reads them, which a command that reads none need not load. */
export const sensorNames = ['tetragon', 'falco', 'tracee', 'laurel'] as const;
export type SensorName = (typeof sensorNames)[number];
