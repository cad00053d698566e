/**
 * What container runtimes keep of a container's output: Docker's json-file and the CRI's lines. Both split long
 * lines; the pieces are joined by the reader.
 */
import { isoTimeAt, type RawTime } from '../raw-time.ts';
import { utf8Length } from '../utf8.ts';
import type { LineFormat, ParsedLine } from './line-format.ts';

export const dockerJson: LineFormat = { name: 'docker-json', continuation: 'own', parse: parseDocker };
export const cri: LineFormat = { name: 'cri', continuation: 'own', parse: parseCri };

/** The container that a runtime's log file is of, by where the runtime puts it. */
export function containerOfFile(file: string): string | undefined {
  const docker = /(?:^|\/)([0-9a-f]{64})-json\.log(?:\.\d+)?$/.exec(file);
  if (docker !== null) return docker[1];
  const kubelet = /(?:^|\/)[^/]+_[^/]+_[^/]+-([0-9a-f]{64})\.log$/.exec(file);
  if (kubelet !== null) return kubelet[1];
  return /(?:^|\/)pods\/([^/]+_[^/]+_[^/]+\/[^/]+)\/\d+\.log[^/]*$/.exec(file)?.[1];
}

function parseDocker(text: string): ParsedLine | undefined {
  if (!text.startsWith('{"log":')) return undefined;
  let object: { readonly log?: unknown; readonly stream?: unknown; readonly time?: unknown };
  try {
    object = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { log, stream, time } = object;
  if (typeof log !== 'string' || typeof time !== 'string') return undefined;
  const complete = log.endsWith('\n');
  const carried = complete ? log.replace(/\r?\n$/, '') : log;
  return {
    message: carried,
    time: nanoTime(time),
    carried: { text: carried, byteLength: utf8Length(log), partial: !complete, stream: String(stream ?? '') },
    collected: true,
  };
}

/** Go writes RFC 3339 without the fraction's trailing zeros: fewer digits are no less precise. */
function nanoTime(text: string): RawTime | undefined {
  const time = isoTimeAt(text, 0)?.time;
  return time && { ...time, precision: 1n };
}

function parseCri(text: string): ParsedLine | undefined {
  const stamp = isoTimeAt(text, 0);
  if (stamp?.time.offset === undefined) return undefined;
  const match = /^ (stdout|stderr) ([FP])(?::[^ ]*)?(?: (.*))?$/s.exec(text.slice(stamp.end));
  if (match === null) return undefined;
  const [, stream, flag, message = ''] = match;
  const partial = flag === 'P';
  return {
    message,
    time: { ...stamp.time, precision: 1n },
    carried: {
      text: message,
      byteLength: utf8Length(message) + (partial ? 0 : 1),
      partial,
      stream: stream!,
    },
    collected: true,
  };
}
