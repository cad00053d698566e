/**
 * An event while its records come in. `AuditEvent` is the event itself, filled in place so that nothing is copied when
 * it is given out; `PendingEvent` holds what only makes sense until then. Neither may know when that is.
 */
import type { OtherRecord, PathItem, SocketAddress, SystemEvent } from './event.ts';

export class AuditEvent implements SystemEvent {
  readonly kind = 'system';
  readonly host: string;
  readonly serial: number;
  readonly time: bigint;
  syscall = '';
  readonly type: string;
  arch = '';
  success = false;
  exit = 0;
  args: readonly [number, number, number, number] = noArguments;
  pid = 0;
  ppid = 0;
  uid = unset;
  auid = unset;
  session = unset;
  comm = '';
  exe = '';
  cwd: string | undefined = undefined;
  paths: readonly PathItem[] = noPaths;
  argv: readonly string[] = noStrings;
  proctitle: string | undefined = undefined;
  address: SocketAddress | undefined = undefined;
  fdPair: readonly [number, number] | undefined = undefined;
  mmapFd: number | undefined = undefined;
  key: string | undefined = undefined;
  others: readonly OtherRecord[] = noOthers;
  complete = false;

  constructor(host: string, serial: number, time: bigint, type: string) {
    this.host = host;
    this.serial = serial;
    this.time = time;
    this.type = type;
  }
}

/** A PATH record while it is read; its path waits for the CWD record. */
export type PendingPath = { -readonly [key in keyof PathItem]: PathItem[key] };

/** One of EXECVE's arguments that came whole. */
export interface Argument {
  readonly argument: number;
  readonly text: string;
}

/** A piece of one of EXECVE's arguments: `bytes` is a copy. */
export interface ArgumentPiece {
  readonly argument: number;
  readonly piece: number;
  readonly bytes: Uint8Array;
}

export class PendingEvent {
  readonly event: AuditEvent;
  /** Place in the host's order: the serial, but for the audit daemon's own messages, whose serials are no order. */
  readonly position: number;
  readonly ordered: boolean;
  readonly seconds: number;
  readonly nanos: number;
  /** Line of the first record. */
  readonly line: number;
  records = 0;
  bytes = 0;
  /** The host's record number of the newest record. */
  newest = 0;
  /** No record can follow. */
  closed = false;
  paths: PendingPath[] | undefined = undefined;
  others: OtherRecord[] | undefined = undefined;
  arguments: Argument[] | undefined = undefined;
  pieces: ArgumentPiece[] | undefined = undefined;
  argumentCount: number | undefined = undefined;
  /** SOCKETCALL's arguments: those of the call that i386's socketcall stands for. */
  socketArguments: readonly [number, number, number, number] | undefined = undefined;

  constructor(
    event: AuditEvent,
    position: number,
    ordered: boolean,
    seconds: number,
    nanos: number,
    line: number,
  ) {
    this.event = event;
    this.position = position;
    this.ordered = ordered;
    this.seconds = seconds;
    this.nanos = nanos;
    this.line = line;
  }

  save(): SavedEvent {
    const { pieces, ...rest } = this;
    return {
      ...rest,
      event: { ...this.event },
      pieces: pieces?.map((piece) => ({ ...piece, bytes: [...piece.bytes] })),
    };
  }

  static restored(saved: SavedEvent): PendingEvent {
    const { event, pieces, position, ordered, seconds, nanos, line, ...rest } = saved;
    const made = Object.assign(new AuditEvent(event.host, event.serial, event.time, event.type), event);
    const pending = new PendingEvent(made, position, ordered, seconds, nanos, line);
    Object.assign(pending, rest);
    pending.pieces = pieces?.map((piece) => ({ ...piece, bytes: Uint8Array.from(piece.bytes) }));
    return pending;
  }
}

/** A pending event as plain data. */
export interface SavedEvent extends Omit<PendingEvent, 'event' | 'pieces' | 'save'> {
  readonly event: Readonly<AuditEvent>;
  readonly pieces: readonly SavedPiece[] | undefined;
}

interface SavedPiece extends Omit<ArgumentPiece, 'bytes'> {
  readonly bytes: readonly number[];
}

/** The kernel's -1 as an unsigned number: no login user, no session. */
const unset = 0xffff_ffff;
const noArguments: readonly [number, number, number, number] = [0, 0, 0, 0];
const noPaths: readonly PathItem[] = [];
const noStrings: readonly string[] = [];
const noOthers: readonly OtherRecord[] = [];
