/**
 * What an agent remembers with each batch that it spools, as text: how far log files were read, and how far what the
 * source gave. Once the batch is kept, this holds. It must not know who uses either.
 */
import type { SourcePlace } from './capture/kept-helper.ts';

export interface AgentMemo {
  readonly files: string;
  readonly source: SourcePlace | undefined;
}

export function writeMemo({ files, source }: AgentMemo): string {
  return JSON.stringify({ files, source });
}

/** A text that is no memo is that of an agent that starts for the first time. */
export function readMemo(text: string): AgentMemo {
  try {
    const { files, source } = JSON.parse(text) as Partial<AgentMemo>;
    if (typeof files !== 'string') return { files: '', source: undefined };
    const isPlace = typeof source?.run === 'string' && Number.isSafeInteger(source.position);
    return { files, source: isPlace ? source : undefined };
  } catch {
    return { files: '', source: undefined };
  }
}
