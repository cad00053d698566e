/**
 * The vertices that a fold still has in hand, by its state: what is open, running or awaited must stay, however old it
 * is. A text that only looks like an id holds nothing that matters. It must not know a store.
 */
import { decodeState } from '../state-table.ts';

/** What the reduction remembers of a vertex is no hold on it: whoever needs it again brings it again. */
const passing = ['open ', 'vertex ', 'step '];

export function heldIds(state: ReadonlyMap<string, string>): Set<string> {
  const held = new Set<string>();
  for (const [key, json] of state) {
    if (passing.some((table) => key.startsWith(table))) continue;
    held.add(key.slice(key.indexOf(' ') + 1));
    collect(decodeState(json), held);
  }
  return held;
}

function collect(value: unknown, into: Set<string>): void {
  if (typeof value === 'string') into.add(value);
  else if (Array.isArray(value)) for (const part of value) collect(part, into);
  else if (value !== null && typeof value === 'object') {
    for (const [name, part] of Object.entries(value)) {
      into.add(name);
      collect(part, into);
    }
  }
}
