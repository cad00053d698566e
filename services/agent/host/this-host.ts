/** What a record or a header says of the machine that it is of: boot, name, architecture, clocks. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ThisHost {
  readonly name: string;
  readonly bootId: string;
  /** AUDIT_ARCH_* of the machine. */
  readonly arch: number;
}

export function thisHost(name: string = hostname()): ThisHost {
  return { name, bootId: bootId(), arch: architectures[process.arch] ?? 0 };
}

/** ns since the epoch, to the millisecond: the wall clock's, also after somebody set it. */
export function realTime(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

/** CLOCK_MONOTONIC, ns. */
export function monotonicTime(): bigint {
  return process.hrtime.bigint();
}

const architectures: Readonly<Record<string, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
