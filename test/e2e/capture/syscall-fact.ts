/** What a program says that it did, and which record says the same. It must not know on which machine that was. */
import { kinds } from './capture-run.ts';
import type { CapturedObject, CapturedRecord } from './captured-record.ts';

export interface Fact {
  readonly name: string;
  readonly syscall: number;
  readonly result: number;
  readonly tid: number;
  readonly kind?: number;
  /** The process that an exec or exit is of. */
  readonly of?: number;
  readonly child?: number;
  readonly uid?: number;
  readonly fd0?: number;
  readonly fd1?: number;
  readonly object?: CapturedObject;
  readonly object2?: CapturedObject;
  readonly path?: string;
  readonly path2?: string;
  readonly local?: string;
  readonly remote?: string;
  readonly exe?: string;
  readonly argv?: string;
}

/** A line for each. */
export function readFacts(text: string): Fact[] {
  const lines = text.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Fact);
}

/** Of the processes that the facts are about. */
export function recordsOf(facts: readonly Fact[], records: readonly CapturedRecord[]): CapturedRecord[] {
  const pids = new Set(facts.flatMap((fact) => [fact.tid, fact.of ?? fact.tid]));
  return records.filter((record) => pids.has(record.tgid));
}

/** Facts that no record tells, with what the likeliest records say instead. */
export function untold(facts: readonly Fact[], records: readonly CapturedRecord[]): object[] {
  return facts.flatMap((fact) => {
    const { name, syscall, result, tid, kind, of, ...done } = fact;
    const told = candidates(fact, records).map((record) => said(record, fact));
    if (told.some((words) => JSON.stringify(words) === JSON.stringify(sorted(done, words)))) return [];
    return [{ name, result, done, told: told.slice(0, 4) }];
  });
}

/** What a record says of what a fact says, in the fact's words. */
function said(record: CapturedRecord, fact: Fact): Partial<Fact> {
  const { object, object2, path, path2, local, remote, exe, uid } = record;
  const [fd0, fd1] = record.fds;
  const all = { object, object2, path, path2, local, remote, exe, uid, fd0, fd1 };
  const known = Object.keys(fact).filter((name) => name in all) as (keyof typeof all)[];
  const words = Object.fromEntries(known.map((name) => [name, all[name]]));
  if (fact.child !== undefined) words.child = record.childTgid;
  if (fact.argv !== undefined) words.argv = record.argv.replaceAll('\0', '|');
  return words as Partial<Fact>;
}

function candidates(fact: Fact, records: readonly CapturedRecord[]): CapturedRecord[] {
  const kind = fact.kind ?? kinds.syscall;
  return records.filter(
    (record) =>
      record.kind === kind &&
      record.tgid === (fact.of ?? fact.tid) &&
      (kind !== kinds.syscall || record.syscall === fact.syscall) &&
      (kind === kinds.exec || record.result === fact.result),
  );
}

/** In the order of `like`, so that texts can be compared. */
function sorted(fact: Partial<Fact>, like: Partial<Fact>): Partial<Fact> {
  return Object.fromEntries(Object.keys(like).map((name) => [name, fact[name as keyof Fact]]));
}
