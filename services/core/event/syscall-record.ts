/**
 * The SYSCALL record: which call, by whom, with what result. It must not know what the other records add.
 */
import { architecture } from './architecture.ts';
import { asciiBytes } from './ascii-bytes.ts';
import type { AuditEvent, PendingEvent } from './audit-event.ts';
import { type FieldScanner, fieldCode, type ReportProblem } from './field-scanner.ts';
import { SpanTable } from './span-table.ts';
import { subCall, syscallName } from './syscall-table.ts';

export class SyscallReader {
  readonly #actors = new SpanTable<Actor>(2048, 640);
  readonly #problem: ReportProblem;
  /** Whether the last record that was read had auditd's interpretation: it names the call, and so is no part of this. */
  #isEnriched = false;

  constructor(problem: ReportProblem) {
    this.#problem = problem;
  }

  /** Fills in the event; false where the record names no call. */
  read(fields: FieldScanner, event: AuditEvent): boolean {
    const start = fields.at;
    const problems = fields.problems;
    const call: Call = { number: Number.NaN, args: [0, 0, 0, 0] };
    event.args = call.args;
    readInOrder(fields, event, call);
    const name = syscallName(event.arch, call.number);
    // From here to its end the record says who did it, which a process's next record says again.
    let isKeepable = name !== undefined && fields.isNext(auidLiteral);
    if (isKeepable) {
      const end = this.#isEnriched ? this.#rawEnd(fields) : fields.end;
      const actor = this.#actors.find(fields.bytes, fields.at, end);
      if (actor !== undefined) {
        setActor(event, actor);
        event.syscall = name!;
        return true;
      }
    }
    while (fields.next()) {
      if (!readActorField(fields, event) && readCallField(fields, event, call)) isKeepable = false;
      fields.skip();
    }
    if (event.pid === 0) this.#problem('audit-missing-field', 'SYSCALL has no pid=', start);
    if (Number.isNaN(call.number)) return false;
    event.syscall = syscallName(event.arch, call.number) ?? enrichedName(fields) ?? `syscall_${call.number}`;
    // What is wrong with it must be said each time.
    if (isKeepable && fields.problems === problems) this.#actors.keep(actorOf(event));
    this.#isEnriched = fields.isSeparated;
    return true;
  }

  #rawEnd(fields: FieldScanner): number {
    const end = fields.bytes.indexOf(separator, fields.at);
    // The search may have gone on behind the record, so it is not made again before there is reason to.
    this.#isEnriched = end >= 0 && end < fields.end;
    return this.#isEnriched ? end : fields.end;
  }
}

interface Call {
  number: number;
  readonly args: [number, number, number, number];
}

/** What a SYSCALL record says of the process behind `pid=`. */
interface Actor {
  readonly uid: number;
  readonly auid: number;
  readonly session: number;
  readonly comm: string;
  readonly exe: string;
  readonly key: string | undefined;
}

function actorOf({ uid, auid, session, comm, exe, key }: AuditEvent): Actor {
  return { uid, auid, session, comm, exe, key };
}

function setActor(event: AuditEvent, actor: Actor): void {
  event.uid = actor.uid;
  event.auid = actor.auid;
  event.session = actor.session;
  event.comm = actor.comm;
  event.exe = actor.exe;
  event.key = actor.key;
}

/**
 * Reads the fields in the order in which every kernel writes them, as far as they come so: to know which field comes
 * next is to not search for it, and this is the record that every call has.
 */
function readInOrder(fields: FieldScanner, event: AuditEvent, call: Call): void {
  const { args } = call;
  if (fields.expect(inOrder.arch)) event.arch = architectureOf(fields.hexadecimal());
  if (fields.expect(inOrder.syscall)) call.number = fields.decimal();
  if (fields.expect(inOrder.success)) {
    event.success = fields.first() === letterY;
    fields.skip();
  }
  if (fields.expect(inOrder.exit)) event.exit = orZero(fields.decimal());
  if (fields.expect(inOrder.a0)) args[0] = orZero(fields.hexadecimal());
  if (fields.expect(inOrder.a1)) args[1] = orZero(fields.hexadecimal());
  if (fields.expect(inOrder.a2)) args[2] = orZero(fields.hexadecimal());
  if (fields.expect(inOrder.a3)) args[3] = orZero(fields.hexadecimal());
  if (fields.expect(inOrder.items)) fields.skip();
  if (fields.expect(inOrder.ppid)) event.ppid = orZero(fields.decimal());
  if (fields.expect(inOrder.pid)) event.pid = orZero(fields.decimal());
}

/** False, and nothing read, where the field says nothing of the process. */
function readActorField(fields: FieldScanner, event: AuditEvent): boolean {
  const { key } = fields;
  if (key === uidKey) event.uid = orZero(fields.decimal()) >>> 0;
  else if (key === auidKey) event.auid = orZero(fields.decimal()) >>> 0;
  else if (key === sesKey) event.session = orZero(fields.decimal()) >>> 0;
  else if (key === commKey && fields.keyLength === 4) event.comm = fields.text() ?? '';
  else if (key === exeKey) event.exe = fields.text() ?? '';
  else if (key === ruleKey) event.key = ruleKeys(fields.text());
  else return false;
  return true;
}

/** False, and nothing read, where the field says nothing of the call. */
function readCallField(fields: FieldScanner, event: AuditEvent, call: Call): boolean {
  const { key, keyLength } = fields;
  const index = keyLength === 2 ? key - a0Key : -1;
  if (index === 0 || index === 1 || index === 2 || index === 3) {
    call.args[index] = orZero(fields.hexadecimal());
  } else if (key === archKey && keyLength === 4) event.arch = architectureOf(fields.hexadecimal());
  else if (key === syscallKey && keyLength === 7) call.number = fields.decimal();
  else if (key === successKey && keyLength === 7) event.success = fields.first() === letterY;
  else if (key === exitKey && keyLength === 4) event.exit = orZero(fields.decimal());
  else if (key === pidKey) event.pid = orZero(fields.decimal());
  else if (key === ppidKey && keyLength === 4) event.ppid = orZero(fields.decimal());
  else return false;
  return true;
}

/**
 * i386 has two calls that stand for others: socketcall, whose arguments come in a record of their own, and ipc. The
 * event names the call that was meant, where its arguments are known.
 */
export function resolveSubCall(pending: PendingEvent): void {
  const { event, socketArguments } = pending;
  if (event.syscall === 'socketcall' && socketArguments !== undefined) {
    const name = subCall('socketcall', event.args[0]);
    if (name === undefined) return;
    event.syscall = name;
    event.args = socketArguments;
  } else if (event.syscall === 'ipc') {
    const [call, first, second, third] = event.args;
    const name = subCall('ipc', call & 0xffff);
    if (name === undefined) return;
    event.syscall = name;
    event.args = [first, second, third, 0];
  }
}

const inOrder = {
  arch: asciiBytes('arch='),
  syscall: asciiBytes('syscall='),
  success: asciiBytes('success='),
  exit: asciiBytes('exit='),
  a0: asciiBytes('a0='),
  a1: asciiBytes('a1='),
  a2: asciiBytes('a2='),
  a3: asciiBytes('a3='),
  items: asciiBytes('items='),
  ppid: asciiBytes('ppid='),
  pid: asciiBytes('pid='),
};
const auidLiteral = asciiBytes('auid=');

const separator = 0x1d;
const letterY = 0x79;
const letterA = 0x41;

/** Several rules' keys come as one string with 0x01 between them. */
function ruleKeys(text: string | undefined): string | undefined {
  return text?.includes('\x01') ? text.replaceAll('\x01', ',') : text;
}

/** What auditd's interpretation (`… SYSCALL=openat …`) calls a call that the tables do not have. */
function enrichedName(fields: FieldScanner): string | undefined {
  const { bytes, end } = fields;
  for (let at = fields.enrichedAt; at + 8 < end; at++) {
    if (bytes[at] !== 0x53 || !isEnrichedSyscall(bytes, at)) continue;
    fields.at = at + 8;
    const name = fields.word();
    return name.startsWith('unknown') || name === '' ? undefined : name;
  }
  return undefined;
}

const enrichedSyscall = asciiBytes('SYSCALL=');

function isEnrichedSyscall(bytes: Uint8Array, at: number): boolean {
  const before = bytes[at - 1]!;
  if (before >= letterA && before <= 0x5a) return false;
  return enrichedSyscall.every((byte, i) => bytes[at + i] === byte);
}

function architectureOf(number: number): string {
  return Number.isNaN(number) ? '' : architecture(number);
}

function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

const a0Key = fieldCode('a0');
const archKey = fieldCode('arch');
const auidKey = fieldCode('auid');
const commKey = fieldCode('comm');
const exeKey = fieldCode('exe');
const exitKey = fieldCode('exit');
const pidKey = fieldCode('pid');
const ppidKey = fieldCode('ppid');
const ruleKey = fieldCode('key');
const sesKey = fieldCode('ses');
const successKey = fieldCode('success');
const syscallKey = fieldCode('syscall');
const uidKey = fieldCode('uid');
