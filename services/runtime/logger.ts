/**
 * The log of a deployable: pino's JSON lines on standard error, so that standard output stays a command's answer.
 * Given as options, because fastify makes the logger that the whole process then uses.
 */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly base: { readonly service: string };
  readonly timestamp: () => string;
  readonly stream: { write(line: string): void };
}

export function loggerOptions(service: string, level: LogLevel): LoggerOptions {
  return { level, base: { service }, timestamp, stream: process.stderr };
}

/** As pino wants it: a member of the line, comma first. */
function timestamp(): string {
  return `,"time":"${new Date().toISOString()}"`;
}
