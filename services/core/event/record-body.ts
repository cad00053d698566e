/**
 * What each type of record adds to its event. A record that fits nowhere, or a second one where one is expected, is
 * kept as text: nothing that was recorded is dropped. It must not know the order in which records come.
 */
import type { AuditEvent, PendingEvent } from './audit-event.ts';
import { readExecve } from './execve-record.ts';
import { FieldScanner, fieldCode, type ReportProblem } from './field-scanner.ts';
import { PathReader } from './path-record.ts';
import type { RecordType } from './record-type.ts';
import { socketAddress } from './socket-address.ts';
import { SpanTable } from './span-table.ts';
import { SyscallReader } from './syscall-record.ts';
import type { TextTable } from './text-table.ts';
import { decodeUtf8 } from './utf8.ts';

export class RecordBody {
  readonly #table: TextTable;
  readonly #fields: FieldScanner;
  readonly #problem: ReportProblem;
  readonly #syscalls: SyscallReader;
  readonly #paths: PathReader;
  /** Bodies of CWD and PROCTITLE records, which each call of a process repeats. */
  readonly #folders = new SpanTable<string>(1024, 256);
  readonly #titles = new SpanTable<string>(4096, 268);

  constructor(table: TextTable, problem: ReportProblem) {
    this.#table = table;
    this.#problem = problem;
    this.#fields = new FieldScanner(table, problem);
    this.#syscalls = new SyscallReader(problem);
    this.#paths = new PathReader(problem);
  }

  /** Adds the record whose fields stand in `bytes` from `start` to `end`. */
  read(type: RecordType, pending: PendingEvent, bytes: Uint8Array, start: number, end: number): void {
    this.#fields.begin(bytes, start, end);
    if (!this.#readKnown(type, pending)) this.#keep(type, pending, bytes, start, end);
  }

  /** False where the record is to be kept as text. */
  #readKnown(type: RecordType, pending: PendingEvent): boolean {
    const { event } = pending;
    const fields = this.#fields;
    switch (type.kind) {
      case 'syscall':
        return event.syscall === '' && this.#syscalls.read(fields, event);
      case 'path':
        return this.#paths.read(fields, pending);
      case 'cwd':
        if (event.cwd !== undefined) return false;
        event.cwd = this.#folders.find(fields.bytes, fields.at, fields.end);
        return event.cwd !== undefined || this.#readFolder(event);
      case 'proctitle':
        if (event.proctitle !== undefined) return false;
        event.proctitle = this.#titles.find(fields.bytes, fields.at, fields.end);
        return event.proctitle !== undefined || this.#readTitle(event);
      case 'sockaddr':
        return event.address === undefined && this.#readAddress(pending);
      case 'execve':
        return readExecve(fields, pending, this.#problem);
      case 'fd-pair':
        return event.fdPair === undefined && readPair(fields, pending);
      case 'mmap':
        if (event.mmapFd !== undefined || !find(fields, fdKey, 2)) return false;
        event.mmapFd = orUndefined(fields.decimal());
        return true;
      case 'socketcall':
        return pending.socketArguments === undefined && readSocketcall(fields, pending);
      case 'end':
        return true;
      case 'other':
        return false;
    }
  }

  #readFolder(event: AuditEvent): boolean {
    const fields = this.#fields;
    const { problems } = fields;
    if (!find(fields, cwdKey, 3)) return false;
    event.cwd = fields.text();
    // What is wrong with it must be said each time.
    if (event.cwd !== undefined && fields.problems === problems) this.#folders.keep(event.cwd);
    return true;
  }

  #readTitle(event: AuditEvent): boolean {
    const fields = this.#fields;
    const { problems } = fields;
    if (!find(fields, proctitleKey, 9)) return false;
    event.proctitle = fields.title();
    if (event.proctitle !== undefined && fields.problems === problems) this.#titles.keep(event.proctitle);
    return true;
  }

  #readAddress(pending: PendingEvent): boolean {
    const fields = this.#fields;
    if (!find(fields, saddrKey, 5) || !fields.bounds() || !fields.hex) return false;
    pending.event.address = socketAddress(fields.bytes, fields.from, fields.to, this.#table);
    return true;
  }

  #keep(type: RecordType, pending: PendingEvent, bytes: Uint8Array, start: number, end: number): void {
    pending.others ??= [];
    pending.others.push({ type: type.name, text: decodeUtf8(bytes, start, end) });
    if (type.kind !== 'other') {
      const message = `${type.name} lacks its field or comes a second time; it is kept as text`;
      this.#problem('audit-kept-as-text', message, start);
      return;
    }
    if (pending.event.syscall !== '') return;
    this.#fields.begin(bytes, start, end);
    readActor(this.#fields, pending);
  }
}

/** Who did it, from a record other than SYSCALL; a SYSCALL record, before or after, overrules it. */
function readActor(fields: FieldScanner, pending: PendingEvent): void {
  const { event } = pending;
  while (fields.next()) {
    const { key, keyLength } = fields;
    if (key === messageKey && keyLength === 3) continue;
    if (key === pidKey && keyLength === 3) event.pid = Math.max(0, numberOr(fields.decimal(), event.pid));
    else if (key === ppidKey && keyLength === 4) event.ppid = numberOr(fields.decimal(), event.ppid);
    else if (key === uidKey && keyLength === 3) event.uid = identity(fields, event.uid);
    else if (key === auidKey && keyLength === 4) event.auid = identity(fields, event.auid);
    else if (key === sesKey && keyLength === 3) event.session = identity(fields, event.session);
    else if (key === commKey && keyLength === 4) event.comm = fields.text() ?? event.comm;
    else if (key === exeKey && keyLength === 3) event.exe = fields.text() ?? event.exe;
    else if (key === exitKey && keyLength === 4) event.exit = numberOr(fields.decimal(), event.exit);
    else if ((key === successKey && keyLength === 7) || (key === resKey && keyLength === 3)) {
      event.success = isSuccess(fields);
    } else fields.skip();
  }
}

/** `yes`, `success`, `1` — and not `no`, `failed`, `0`. */
function isSuccess(fields: FieldScanner): boolean {
  const first = fields.first();
  fields.skip();
  return first === 0x79 || first === 0x73 || first === 0x31;
}

/** A user or session number, where -1 and `unset` are 4294967295. */
function identity(fields: FieldScanner, otherwise: number): number {
  if (fields.first() === 0x75) {
    fields.skip();
    return 0xffff_ffff;
  }
  const value = fields.decimal();
  return Number.isNaN(value) ? otherwise : value >>> 0;
}

function readPair(fields: FieldScanner, pending: PendingEvent): boolean {
  if (!find(fields, fd0Key, 3)) return false;
  const first = fields.decimal();
  if (!find(fields, fd1Key, 3)) return false;
  const second = fields.decimal();
  if (Number.isNaN(first) || Number.isNaN(second)) return false;
  pending.event.fdPair = [first, second];
  return true;
}

function readSocketcall(fields: FieldScanner, pending: PendingEvent): boolean {
  const values: [number, number, number, number] = [0, 0, 0, 0];
  let any = false;
  while (fields.next()) {
    const index = fields.keyLength === 2 ? fields.key - a0Key : -1;
    if (index === 0 || index === 1 || index === 2 || index === 3) {
      values[index] = numberOr(fields.hexadecimal(), 0);
      any = true;
    } else fields.skip();
  }
  if (any) pending.socketArguments = values;
  return any;
}

function find(fields: FieldScanner, key: number, keyLength: number): boolean {
  while (fields.next()) {
    if (fields.key === key && fields.keyLength === keyLength) return true;
    fields.skip();
  }
  return false;
}

function numberOr(value: number, otherwise: number): number {
  return Number.isNaN(value) ? otherwise : value;
}

function orUndefined(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

const a0Key = fieldCode('a0');
const auidKey = fieldCode('auid');
const commKey = fieldCode('comm');
const cwdKey = fieldCode('cwd');
const exeKey = fieldCode('exe');
const exitKey = fieldCode('exit');
const fd0Key = fieldCode('fd0');
const fd1Key = fieldCode('fd1');
const fdKey = fieldCode('fd');
const messageKey = fieldCode('msg');
const pidKey = fieldCode('pid');
const ppidKey = fieldCode('ppid');
const proctitleKey = fieldCode('proctitle');
const resKey = fieldCode('res');
const saddrKey = fieldCode('saddr');
const sesKey = fieldCode('ses');
const successKey = fieldCode('success');
const uidKey = fieldCode('uid');
