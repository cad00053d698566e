/** A sensor in a container writes to its standard output: the line as the runtime's log file holds it. */
import { member, objectOf } from './json-member.ts';

export interface Enveloped {
  readonly text: string;
  /** Where it begins in the line; 0 where the line holds it in another form. */
  readonly place: number;
}

const cri = /^\d{4}-\d\d-\d\dT\S+ std(?:out|err) F /;

/** What the container wrote, out of CRI's and Docker's envelopes; a line without one is its own. */
export function withoutEnvelope(line: string): Enveloped {
  const place = cri.exec(line)?.[0].length ?? 0;
  if (place > 0) return { text: line.slice(place), place };
  return { text: dockerText(line) ?? line, place: 0 };
}

function dockerText(line: string): string | undefined {
  if (!line.startsWith('{"log":"')) return undefined;
  try {
    const json = objectOf(JSON.parse(line));
    const text = member(json, 'log');
    return typeof text === 'string' && typeof member(json, 'stream') === 'string'
      ? text.trimEnd()
      : undefined;
  } catch {
    return undefined;
  }
}
