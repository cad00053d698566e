/** Where each batch that waits lies, by host in order, and what became of batches so far. It must not read or write. */
import type { BatchHeader } from '../batch-header.ts';
import type { Mark } from './queue-frame.ts';
import type { Place } from './segment-log.ts';

export interface Entry {
  readonly header: BatchHeader;
  readonly place: Place;
  readonly damaged: boolean;
  attempts: number;
  deaths: number;
}

export class BatchIndex {
  /** By id, in the order in which they were accepted. */
  readonly #entries = new Map<string, Entry>();
  readonly #hosts = new Map<string, Entry[]>();
  /** Batches that wait, by segment. */
  readonly #live = new Map<number, number>();
  #bytes = 0;

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** ms since the epoch. */
  get oldest(): number | undefined {
    const [oldest] = this.#entries.values();
    return oldest?.header.acceptedAt;
  }

  hosts(): string[] {
    return [...this.#hosts.keys()];
  }

  entries(): Entry[] {
    return [...this.#entries.values()];
  }

  /** The first that wait of a host. */
  first(host: string, count: number): Entry[] {
    return this.#hosts.get(host)?.slice(0, count) ?? [];
  }

  isLive(segment: number): boolean {
    return (this.#live.get(segment) ?? 0) > 0;
  }

  enter(header: BatchHeader, place: Place, damaged: boolean): void {
    const entry = { header, place, damaged, attempts: 0, deaths: 0 };
    this.#entries.set(header.id, entry);
    const waiting = this.#hosts.get(header.host);
    if (waiting === undefined) this.#hosts.set(header.host, [entry]);
    else waiting.push(entry);
    this.#live.set(place.segment, (this.#live.get(place.segment) ?? 0) + 1);
    this.#bytes += place.bytes;
  }

  mark({ mark, ids }: Mark): void {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      if (mark === 'done') this.#leave(entry);
      else if (mark === 'handed') entry.deaths++;
      else entry.deaths--;
      if (mark === 'failed') entry.attempts++;
    }
  }

  #leave(entry: Entry): void {
    const { header, place } = entry;
    this.#entries.delete(header.id);
    const waiting = this.#hosts.get(header.host)!;
    waiting.splice(waiting.indexOf(entry), 1);
    if (waiting.length === 0) this.#hosts.delete(header.host);
    const live = this.#live.get(place.segment)! - 1;
    if (live > 0) this.#live.set(place.segment, live);
    else this.#live.delete(place.segment);
    this.#bytes -= place.bytes;
  }
}
