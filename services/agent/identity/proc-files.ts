/** What /proc says of one process: its cgroups, its number in its own namespace, its addresses. Gone ones say nothing. */
import { readFileSync } from 'node:fs';
import { inet6Text } from '../../core/event/socket-address.ts';

export interface ProcessCgroup {
  /** Path in the v2 hierarchy, or in the pids controller's where that is v1. */
  readonly path: string;
  readonly version: 1 | 2;
}

export interface ProcFolder {
  /** `/proc`, but for tests. */
  readonly proc: string;
}

/** The v2 path, unless the process has a deeper one of v1: on a hybrid host v2 has no containers. */
export function processCgroup({ proc }: ProcFolder, pid: number): ProcessCgroup | undefined {
  const lines = (read(`${proc}/${pid}/cgroup`) ?? '').split('\n');
  const pathOf = (line: string | undefined): string | undefined => line?.split(':').slice(2).join(':');
  const v2 = pathOf(lines.find((line) => line.startsWith('0::')));
  const v1 = pathOf(lines.find((line) => /^\d+:[^:]*\bpids\b[^:]*:/.test(line)));
  if (v1 !== undefined && v1 !== '/' && (v2 === undefined || v2 === '/')) return { path: v1, version: 1 };
  return v2 === undefined ? undefined : { path: v2, version: 2 };
}

/** Its number in the innermost namespace, and its name. */
export function processNames(
  { proc }: ProcFolder,
  pid: number,
): { namespacePid: number; comm: string } | undefined {
  const status = read(`${proc}/${pid}/status`);
  if (status === undefined) return undefined;
  const numbers = /^NSpid:\s+(.+)$/m.exec(status)?.[1]?.split(/\s+/).map(Number) ?? [pid];
  return { namespacePid: numbers.at(-1)!, comm: /^Name:\s+(.+)$/m.exec(status)?.[1] ?? '' };
}

/** Addresses of the network namespace, without loopback and link-local ones. */
export function processAddresses({ proc }: ProcFolder, pid: number): string[] {
  const found = new Set<string>();
  let last = '';
  for (const line of (read(`${proc}/${pid}/net/fib_trie`) ?? '').split('\n')) {
    const address = /\|--\s+(\d+\.\d+\.\d+\.\d+)/.exec(line)?.[1];
    if (address !== undefined) last = address;
    else if (line.includes('/32 host LOCAL') && !last.startsWith('127.')) found.add(last);
  }
  for (const line of (read(`${proc}/${pid}/net/if_inet6`) ?? '').split('\n')) {
    const hex = /^([0-9a-f]{32}) /.exec(line)?.[1];
    if (hex === undefined || hex.startsWith('fe80') || /^0{31}1$/.test(hex)) continue;
    found.add(inet6Text(Buffer.from(hex, 'hex'), 0));
  }
  return [...found].sort();
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
