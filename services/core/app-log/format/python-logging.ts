/**
 * Python's logging: basicConfig's default, the common forms that begin with `%(asctime)s`, and those of Flask,
 * gunicorn and Celery. A traceback is written with its record, so that lines without a head belong to it.
 */
import { type CivilTime, isoTimeAt } from '../raw-time.ts';
import type { LineFormat, ParsedLine } from './line-format.ts';

const NAMES = 'DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL|NOTSET|Level \\d+';
const DEFAULT = new RegExp(`^(${NAMES}):(?:([\\w.$/-]+):| +)(.*)$`, 's');
/** Django's `verbose`: level, asctime, module, process, thread, message. */
const VERBOSE = new RegExp(`^(${NAMES}) (?=\\d{4}-)`);
const VERBOSE_REST = /^ [\w.-]+ (\d+) \d+ /;
/** What stands between the time and the message; the groups are pid (where there is one) and level. */
const HEADS = [
  // gunicorn: [2026-11-24 20:28:41 +0000] [123] [INFO] message
  new RegExp(`^\\] \\[(\\d+)\\] \\[(${NAMES})\\] `),
  // Flask: [2026-11-24 20:28:41,123] INFO in app: message
  new RegExp(`^\\]() (${NAMES}) in [\\w.]+: `),
  // Celery: [2026-11-24 20:28:41,123: INFO/MainProcess] message
  new RegExp(`^:() (${NAMES})/[\\w.-]+\\] `),
  // asctime - name - level - message, and with the process between
  new RegExp(`^ - [\\w.$/-]+ - (?:(\\d+) - )?(${NAMES}) - `),
  new RegExp(`^ - (?:(\\d+) - )?(${NAMES}) - `),
  // asctime [level] name: message, and asctime [process] level name: message
  new RegExp(`^ (?:\\[(\\d+)\\] )?\\[?(${NAMES})\\]? +(?:\\[?[\\w.$/-]+(?::\\d+)?\\]?(?: - |: ))?`),
  // asctime name level message
  new RegExp(`^ (?:\\[?(\\d+)\\]? )?[\\w.$/-]+ \\[?(${NAMES})\\]?:? `),
];

export const pythonLogging: LineFormat = { name: 'python-logging', continuation: 'joins', parse };

function parse(text: string): ParsedLine | undefined {
  const plain = DEFAULT.exec(text);
  if (plain !== null) return { message: plain[3]!, level: plain[1]!.toLowerCase(), strength: 0.6 };
  const stamp = leadingTime(text);
  if (stamp === undefined) return verbose(text);
  const rest = text.slice(stamp.end);
  for (const head of HEADS) {
    const match = head.exec(rest);
    if (match === null) continue;
    return {
      message: rest.slice(match[0].length),
      time: stamp.time,
      pid: match[1] ? Number(match[1]) : undefined,
      level: match[2]!.toLowerCase(),
      strength: 0.9,
    };
  }
  return undefined;
}

function verbose(text: string): ParsedLine | undefined {
  const level = VERBOSE.exec(text);
  const stamp = level === null ? undefined : isoTimeAt(text, level[0].length);
  const rest = stamp === undefined ? '' : text.slice(stamp.end);
  const process = VERBOSE_REST.exec(rest);
  if (process === null) return undefined;
  return {
    message: rest.slice(process[0].length),
    time: stamp!.time,
    pid: Number(process[1]),
    level: level![1]!.toLowerCase(),
    strength: 0.9,
  };
}

/** asctime has a space for the T and a comma before the milliseconds; other loggers' times are not its. */
function leadingTime(text: string): { readonly time: CivilTime; readonly end: number } | undefined {
  const from = text.startsWith('[') ? 1 : 0;
  const stamp = isoTimeAt(text, from);
  return stamp !== undefined && text[from + 10] === ' ' && text[from + 19] !== '.' ? stamp : undefined;
}
