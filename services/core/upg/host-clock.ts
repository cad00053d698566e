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
  /** The newest time that an event carried, not made to follow the order. */
  newest: bigint;
  /** Where a source in the kernel said it. */
  bootId?: string | undefined;
  /** Whether the record that says that the system booted is still to come for the boot at hand. */
  bootAwaited: boolean;
}

export interface Advance {
  /** The event's effective time (ns). */
  readonly time: bigint;
  /** Serials that are missing before it. */
  readonly gap: Gap | undefined;
  /** Where the host booted before this event: the newest time (ns) of what ran before the boot. */
  readonly bootedAfter: bigint | undefined;
  /** It is of a time that was folded long before: an older log that came after a newer one. */
  readonly older: boolean;
}

/** A jump beyond this is a new numbering (another log, another daemon), not a loss. */
const serialJump_max = 1_000_000;
const serialReset_min = 10_000;
/** Serials that fall back within this time are those of records that were held up. */
const heldUp_ns_max = 1_000_000_000n;
/** A record that was held up is never so old. */
const olderLog_ns_min = 10_000_000_000n;

export class HostClock {
  readonly #hosts: StateTable<HostTime>;

  constructor(saved: ReadonlyMap<string, string>) {
    this.#hosts = new StateTable('clock', saved);
  }

  now(host: string): bigint {
    return this.#hosts.get(host)?.last ?? 0n;
  }

  advance(event: SystemEvent): Advance {
    const { host, serial, time } = event;
    const known = this.#hosts.get(host) ?? {
      last: time - 1n,
      serial: undefined,
      newest: time,
      bootAwaited: true,
    };
    const before = known.last;
    known.last = time > before ? time : before + 1n;
    this.#hosts.set(host, known);
    if (event.kernel !== undefined) return this.#advanceKernel(known, time, event.kernel.bootId);
    // A sensor's events have no numbers: what is missing, nobody can see.
    if (event.sensor !== undefined) return advanceUnnumbered(known, time, undefined);
    // auditd's own messages are numbered by the daemon, not by the kernel.
    if (event.type.startsWith('DAEMON_')) {
      return { time: known.last, gap: undefined, bootedAfter: undefined, older: false };
    }
    const older =
      known.serial !== undefined &&
      ((serial - known.serial) | 0) < 0 &&
      time < known.newest - olderLog_ns_min;
    const booted = noticeBoot(known, event);
    const bootedAfter = booted ? known.newest : undefined;
    // Serials go round after 2^32.
    const missing = known.serial === undefined || booted ? 0 : (serial - known.serial - 1) | 0;
    // A record that came late stands alone under its old serial; only far back means that the numbering began anew.
    if (booted || missing >= 0 || missing < -serialReset_min) known.serial = serial;
    if (time > known.newest) known.newest = time;
    const isLoss = missing > 0 && missing <= serialJump_max;
    const gap = isLoss ? gapBefore(event, before, known.last, missing) : undefined;
    return { time: known.last, gap, bootedAfter, older };
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#hosts.drainInto(into);
  }

  /** Such a source says by itself what it lost and which boot it is of. */
  #advanceKernel(known: HostTime, time: bigint, bootId: string): Advance {
    const bootedAfter = known.bootId !== undefined && known.bootId !== bootId ? known.newest : undefined;
    known.bootId = bootId;
    return advanceUnnumbered(known, time, bootedAfter);
  }
}

function advanceUnnumbered(known: HostTime, time: bigint, bootedAfter: bigint | undefined): Advance {
  const older = time < known.newest - olderLog_ns_min;
  if (time > known.newest) known.newest = time;
  return { time: known.last, gap: undefined, bootedAfter, older };
}

/** A boot begins the serials again while time goes on; its own record comes a little later, or never. */
function noticeBoot(known: HostTime, event: SystemEvent): boolean {
  const beganAgain =
    known.serial !== undefined &&
    ((event.serial - known.serial) | 0) < 0 &&
    event.time > known.newest + heldUp_ns_max;
  if (event.type === 'SYSTEM_BOOT') {
    const alreadyNoticed = known.bootAwaited && !beganAgain;
    known.bootAwaited = false;
    return !alreadyNoticed;
  }
  if (beganAgain) known.bootAwaited = true;
  return beganAgain;
}

function gapBefore(event: SystemEvent, from: bigint, until: bigint, missing: number): Gap {
  return {
    stream: `${event.host}/audit`,
    host: event.host,
    from,
    until,
    missing,
    reason: `${missing} audit serial number${missing === 1 ? '' : 's'} missing before ${event.serial}`,
  };
}
