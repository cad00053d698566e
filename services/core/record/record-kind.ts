/** The constants of `kernel-module/abi.h`: magic numbers, bounds, kinds, flags and sources of records. */

export const recordMagic = 0x31545044;
export const fileMagic = 0x46545044;
export const abiVersion = 1;

export const line_bytes_max = 16_384;
export const record_bytes_max = 32_768;

/** From 16 on they come from user space. */
export const recordKind = {
  syscall: 1,
  fork: 2,
  exec: 3,
  exit: 4,
  stack: 5,
  counters: 16,
  process: 17,
  descriptor: 18,
  container: 19,
  auditLine: 20,
  appLog: 21,
  note: 22,
  object: 23,
} as const;

export const recordFlag = {
  log: 1 << 0,
  continues: 1 << 1,
  payloadCut: 1 << 2,
  pathCut: 1 << 3,
  argvCut: 1 << 4,
  ioUring: 1 << 5,
  containerStdio: 1 << 6,
  logSocket: 1 << 7,
  compat: 1 << 8,
} as const;

/** By the name that options, streams and answers use. */
export const recordSource = { 'kernel-module': 1, ebpf: 2, audit: 3 } as const;
export type SourceName = keyof typeof recordSource;

/** Name of a kind, for reports; its number where it has none here. */
export function kindName(kind: number): string {
  return kindNames.get(kind) ?? `kind ${kind}`;
}

const kindNames = new Map<number, string>(Object.entries(recordKind).map(([name, kind]) => [kind, name]));
