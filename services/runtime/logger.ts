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
  readonly serializers: { readonly err: (error: unknown) => LoggedError };
}

/** Of an error, and no more: what drivers hang on theirs (a command with its arguments) is for nobody's eyes. */
export type LoggedError = {
  readonly type: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly stack: string;
};

export function loggerOptions(service: string, level: LogLevel): LoggerOptions {
  return { level, base: { service }, timestamp, stream: process.stderr, serializers: { err: loggedError } };
}

function loggedError(error: unknown): LoggedError {
  const { name, message, code, stack, cause } =
    error instanceof Error ? (error as Told) : (new Error(String(error)) as Told);
  const because = cause instanceof Error ? `\ncaused by ${cause.stack ?? cause.message}` : '';
  return { type: name, message, code, stack: `${stack ?? ''}${because}` };
}

type Told = Error & { readonly code?: string };

/** As pino wants it: a member of the line, comma first. */
function timestamp(): string {
  return `,"time":"${new Date().toISOString()}"`;
}
