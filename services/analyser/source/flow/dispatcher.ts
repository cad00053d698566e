/**
 * The event loop that stands outside of the program and calls its handlers: accept, what runs before, a handler, what
 * runs after, the answer, and again. It must not know how handlers are found.
 */
import type { LogBlock, LogEvent } from '../../lms-cfg/log-program.ts';

export interface Handlers {
  /** Each is the functions that one handler becomes. */
  readonly before: readonly (readonly number[])[];
  readonly handlers: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
}

interface Draft {
  readonly events: LogEvent[];
  readonly successors: number[];
}

export function dispatcherBlocks({ before, handlers, after }: Handlers): readonly LogBlock[] {
  const drafts: Draft[] = [];
  const block = (...events: LogEvent[]) => drafts.push({ events, successors: [] }) - 1;
  const link = (from: number, to: number) => drafts[from]!.successors.push(to);
  const stage = (functions: readonly (readonly number[])[], from: number, to: number) => {
    for (const targets of functions) {
      const call = block({ kind: 'call', targets });
      link(from, call);
      link(call, to);
    }
  };
  const entry = block();
  const accept = block({ kind: 'syscall', name: 'accept' });
  const ready = block();
  const handled = block();
  const answer = block({ kind: 'syscall', name: 'write' });
  const close = block({ kind: 'syscall', name: 'close' });
  link(entry, accept);
  link(accept, ready);
  stage(before, ready, ready);
  // What runs before may answer itself.
  if (before.length > 0) link(ready, handled);
  stage(handlers, ready, handled);
  stage(after, handled, handled);
  link(handled, answer);
  link(answer, close);
  // A connection that is kept open is not closed.
  link(answer, accept);
  link(close, accept);
  return drafts.map((draft) => ({ ...draft, returns: false }));
}

/** Starts in one of several ways, then serves. */
export function mainBlocks(starts: readonly (readonly number[])[], dispatcher: number): readonly LogBlock[] {
  const last = starts.length + 1;
  return [
    {
      events: [],
      successors: starts.length === 0 ? [last] : starts.map((_, index) => index + 1),
      returns: false,
    },
    ...starts.map((targets) => ({
      events: [{ kind: 'call' as const, targets }],
      successors: [last],
      returns: false,
    })),
    { events: [{ kind: 'call', targets: [dispatcher] }], successors: [], returns: true },
  ];
}
