/** Bounds and defaults of the two questions, the same on the command line and over HTTP. It must not need schemas. */

export const symptom_length_max = 65_536;
export const emptySymptom =
  'must not be empty: give a log line, a file path, ip[:port], pid:N or a vertex id';
/** Root causes given. */
export const top = { min: 1, max: 100, default: 5 };
/** Levels of the trace. */
export const depth = { min: 1, max: 64, default: 24 };
