/**
 * One order for one host. Audit stamps a call with the time of its START in steps of milliseconds, so that a
 * blocking call carries a time long before what it delivered; its serial is given at the end. The order is the
 * serial's, and the effective time never goes back: max(own time, the last effective time + 1 ns).
 */
import type { SystemEvent } from '../event/event.ts';
import type { Gap } from '../graph-store.ts';
import { StateTable } from '../state-table.ts';

interface HostTime {
  last: bigint;
  /** The kernel's newest; undefined before the first. */
  serial: number | undefined;
}

/** A jump beyond this is a new numbering (a boot, another daemon), not a loss. */
const serialJump_max = 1_000_000;
const serialReset_min = 10_000;

export class HostClock {
  readonly #hosts: StateTable<HostTime>;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#hosts = new StateTable('clock', saved);
  }

  now(host: string): bigint {
    return this.#hosts.get(host)?.last ?? 0n;
  }

  /** The event's effective time (ns), and the gap before it where serials are missing. */
  advance(event: SystemEvent): { time: bigint; gap: Gap | undefined } {
    const known = this.#hosts.get(event.host) ?? { last: event.time - 1n, serial: undefined };
    const before = known.last;
    const last = known.serial;
    known.last = event.time > before ? event.time : before + 1n;
    // auditd's own messages are numbered by the daemon, not by the kernel.
    const numbered = !event.type.startsWith('DAEMON_');
    const missing = last === undefined ? 0 : event.serial - last - 1;
    // A record that came late stands alone under its old serial; only far back means that the numbering began anew.
    if (numbered && (missing >= 0 || missing < -serialReset_min)) known.serial = event.serial;
    this.#hosts.set(event.host, known);
    if (!numbered || missing <= 0 || missing > serialJump_max) return { time: known.last, gap: undefined };
    return {
      time: known.last,
      gap: {
        stream: `${event.host}/audit`,
        host: event.host,
        from: before,
        until: known.last,
        missing,
        reason: `${missing} audit serial number${missing === 1 ? '' : 's'} missing before ${event.serial}`,
      },
    };
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#hosts.drainInto(into);
  }
}
