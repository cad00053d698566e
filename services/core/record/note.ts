/** What an agent, or its helper, says of its own work in the stream: JSON in a note's payload. It must not know who reads it. */

export type AgentNote =
  /** The source was started; what was before `since` (ns) is there, what was after it was not seen. */
  | { readonly note: 'capture-began'; readonly since: bigint | undefined }
  /** The spool was full: its oldest records are gone. */
  | {
      readonly note: 'spool-dropped';
      readonly records: number;
      readonly from: bigint;
      readonly until: bigint;
    }
  /** A process runs this build of its program. */
  | { readonly note: 'image'; readonly pid: number; readonly path: string; readonly buildId: string }
  | {
      readonly note: 'clock-step' | 'log-rotated' | 'log-truncated' | 'source-failed';
      readonly text: string;
    };

export function writeNote(note: AgentNote): string {
  return JSON.stringify(note, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

export function readNote(text: string): { value: AgentNote } | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problem: 'a note that is no JSON' };
  }
  if (typeof json !== 'object' || json === null) return { problem: 'a note that is no object' };
  const {
    note,
    since,
    records,
    from,
    until,
    text: told,
    clock_step_ns: step,
  } = json as Readonly<Record<string, unknown>>;
  if (typeof step === 'number') {
    return { value: { note: 'clock-step', text: `the clock was set by ${step / 1e9} s` } };
  }
  if (note === 'capture-began') return { value: { note, since: nanos(since) } };
  if (note === 'spool-dropped') {
    const [begin, end] = [nanos(from), nanos(until)];
    if (typeof records === 'number' && begin !== undefined && end !== undefined) {
      return { value: { note, records, from: begin, until: end } };
    }
  }
  if (note === 'image') {
    const { pid, path, buildId } = json as Readonly<Record<string, unknown>>;
    if (typeof pid === 'number' && typeof path === 'string' && typeof buildId === 'string') {
      return { value: { note, pid, path, buildId } };
    }
  }
  const isTold = note === 'clock-step' || note === 'log-rotated' || note === 'log-truncated';
  if ((isTold || note === 'source-failed') && typeof told === 'string')
    return { value: { note, text: told } };
  return { problem: `a note that says nothing known: ${text.slice(0, 80)}` };
}

function nanos(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}
