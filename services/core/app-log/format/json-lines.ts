/**
 * One JSON object a line: pino, bunyan, zap, logrus and what resembles them. Only well-known keys are read; every
 * other field stays in the entry's text.
 */
import type { RequestFields } from '../app-entry.ts';
import { epochTime, isoTime, type RawTime } from '../raw-time.ts';
import { bunyanLevel } from './level.ts';
import type { LineFormat, ParsedLine } from './line-format.ts';

export type Fields = Readonly<Record<string, unknown>>;

const TIME_KEYS = ['time', 'ts', 'timestamp', '@timestamp', 'asctime', 'datetime', 't'];
const MESSAGE_KEYS = ['msg', 'message', 'MESSAGE', 'event', '@message', 'M'];
const LEVEL_KEYS = ['level', 'lvl', 'severity', 'levelname', 'log.level', 'L'];

export const jsonLines: LineFormat = { name: 'json-lines', continuation: 'own', parse };

function parse(text: string): ParsedLine | undefined {
  if (!text.startsWith('{') || !text.trimEnd().endsWith('}')) return undefined;
  let object: Fields;
  try {
    object = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { message, time, ...rest } = loggedFields(object, text);
  const strength = message === undefined && time === undefined ? 0.5 : 1;
  return { ...rest, message: message ?? text, time, strength };
}

/** What well-known keys say; `text` is where the fields were read. */
export function loggedFields(
  object: Fields,
  text: string,
): Pick<ParsedLine, 'time' | 'pid' | 'level' | 'request'> & { readonly message: string | undefined } {
  const message = MESSAGE_KEYS.map((key) => object[key]).find((value) => typeof value === 'string');
  return {
    message: message as string | undefined,
    time: findTime(object, text),
    pid: pidOf(object),
    level: levelOf(object),
    request: requestOf(object),
  };
}

function findTime(object: Fields, text: string): RawTime | undefined {
  for (const key of TIME_KEYS) {
    const value = object[key];
    const time =
      typeof value === 'string'
        ? (isoTime(value) ?? epochTime(value))
        : typeof value === 'number'
          ? epochTime(digitsOf(text, key, value))
          : undefined;
    if (time !== undefined) return time;
  }
  return undefined;
}

/** The number as written: a double would round nanoseconds since the epoch, and floats of seconds. */
function digitsOf(text: string, key: string, value: number): string {
  const at = text.indexOf(`"${key}"`);
  const match =
    at < 0 ? null : /^\s*:\s*(\d+(?:\.\d+)?)(?:[eE]\+?(\d+))?/.exec(text.slice(at + key.length + 2));
  if (match !== null && match[2] === undefined && Number(match[1]) === value) return match[1]!;
  return value < 1e15 ? value.toFixed(6).replace(/\.?0+$/, '') : String(value);
}

function pidOf(object: Fields): number | undefined {
  // Python's loggers call it `process`; elsewhere that is an object.
  const value = object.pid ?? object['process.pid'] ?? asObject(object.process)?.pid ?? object.process;
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}

function levelOf(object: Fields): string | undefined {
  for (const key of LEVEL_KEYS) {
    const value = object[key];
    if (typeof value === 'string') return value.toLowerCase();
    if (typeof value === 'number') return bunyanLevel(value);
  }
  return undefined;
}

/** pino-http's `req` and `res`, Caddy's `request` and `status`. */
function requestOf(object: Fields): RequestFields | undefined {
  const request = asObject(object.req) ?? asObject(object.request);
  const status = asObject(object.res)?.statusCode ?? object.status;
  const [method, path] = [request?.method, request?.url ?? request?.uri];
  if (typeof method !== 'string' || typeof path !== 'string' || typeof status !== 'number') return undefined;
  const client = request?.remoteAddress ?? request?.remote_ip;
  return { client: typeof client === 'string' ? client : '', method, path, status };
}

function asObject(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}
