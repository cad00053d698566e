/**
 * LAUREL's JSON: audit's events, put together and decoded by it, one a line. It must not know what flows where;
 * docs/SENSORS.md has what is read of it.
 */
import type { PathItem, SocketAddress, SystemEvent } from '../event/event.ts';
import { absolutePath, isRelativeToCwd } from '../event/path-record.ts';
import { decodeUtf8, encodeUtf8 } from '../event/utf8.ts';
import { type JsonObject, listOf, member, objectOf, textOf, wholeOf } from './json-member.ts';
import { internetAddress, type LineContext, type SensorLine, unsaid, unset } from './sensor-event.ts';

const id = /^(\d{1,12})\.(\d{3}):(\d{1,10})$/;

export function isLaurel(json: JsonObject): boolean {
  return id.test(textOf(json.ID) ?? '');
}

export function readLaurel(json: JsonObject, context: LineContext): SensorLine {
  const match = id.exec(textOf(json.ID) ?? '');
  if (match === null) return { problem: 'ID is no audit id such as 1795756992.637:8946261', at: 'ID' };
  const [, seconds, ms, serial] = match;
  const time = BigInt(seconds!) * 1_000_000_000n + BigInt(ms!) * 1_000_000n;
  const host = textOf(json.NODE) ?? context.host;
  const call = objectOf(json.SYSCALL);
  const type = Object.keys(json).find((name) => name !== 'ID' && name !== 'NODE') ?? '';
  const event = { ...unsaid, success: false, syscall: '', pid: 0, host, serial: Number(serial), time, type };
  if (call === undefined) return { event };
  const cwd = nameOf(member(json.CWD, 'cwd'));
  const args = argumentsOf(call);
  const given = textOf(call.SYSCALL) ?? `syscall_${wholeOf(call.syscall) ?? '?'}`;
  const name = kernelNames[given] ?? given;
  return {
    event: {
      ...event,
      syscall: name,
      arch: textOf(call.ARCH) ?? '',
      success: call.success === 'yes',
      exit: wholeOf(call.exit) ?? 0,
      args,
      pid: wholeOf(call.pid) ?? 0,
      ppid: wholeOf(call.ppid) ?? 0,
      uid: wholeOf(call.uid) ?? unset,
      auid: wholeOf(call.auid) ?? unset,
      session: wholeOf(call.ses) ?? unset,
      comm: nameOf(call.comm) ?? '',
      exe: nameOf(call.exe) ?? '',
      container: containerOf(json),
      cwd,
      paths: pathsOf(listOf(json.PATH), isRelativeToCwd(name, args) ? cwd : undefined),
      argv: wordsOf(member(json.EXECVE, 'ARGV')),
      proctitle: titleOf(json.PROCTITLE),
      address: addressOf(member(firstOf(json.SOCKADDR), 'SADDR')),
      fdPair: pairOf(firstOf(json.FD_PAIR)),
      mmapFd: wholeOf(member(firstOf(json.MMAP), 'fd')),
      key: textOf(call.key),
      others: othersOf(json),
    },
  };
}

/** Its table of calls is the C library's. */
const kernelNames: Readonly<Record<string, string>> = { pread: 'pread64', pwrite: 'pwrite64' };

/** `ARGV` in hex; a0 to a3 where it was told not to gather them. */
function argumentsOf(call: JsonObject): SystemEvent['args'] {
  const given = listOf(call.ARGV);
  const value = (i: number): number => argument(given[i] ?? call[`a${i}`]);
  return [value(0), value(1), value(2), value(3)];
}

/** With the top bit set it is a negative number. */
function argument(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^(0x)?[0-9a-fA-F]{1,16}$/.test(value)) return 0;
  const number = BigInt(value.startsWith('0x') ? value : `0x${value}`);
  return Number(BigInt.asIntN(64, number));
}

/** `base`: what relative names are relative to. */
function pathsOf(records: readonly unknown[], base: string | undefined): PathItem[] {
  return records.flatMap((record, i) => {
    const name = nameOf(member(record, 'name'));
    const mode = textOf(member(record, 'mode'))?.replace(/^0o/, '') ?? '';
    const inode = wholeOf(member(record, 'inode'));
    const item = {
      item: wholeOf(member(record, 'item')) ?? i,
      name,
      path: absolutePath(name, base),
      inode: inode === undefined || inode < 1 ? undefined : inode,
      device: textOf(member(record, 'dev')),
      mode: /^[0-7]{1,7}$/.test(mode) ? Number.parseInt(mode, 8) : undefined,
      nametype: textOf(member(record, 'nametype')) ?? '',
    };
    return objectOf(record) === undefined ? [] : [item];
  });
}

function addressOf(address: unknown): SocketAddress | undefined {
  const family = textOf(member(address, 'saddr_fam')) ?? textOf(member(address, 'family'));
  if (family === undefined) return undefined;
  if (family === 'local' || family === 'unix')
    return { family: 'unix', path: nameOf(member(address, 'path')) ?? '' };
  const internet = internetAddress(
    textOf(member(address, 'laddr')) ?? textOf(member(address, 'addr')),
    wholeOf(member(address, 'lport')) ?? wholeOf(member(address, 'port')),
  );
  return internet ?? { family: 'other', number: 0, raw: family };
}

function pairOf(record: unknown): readonly [number, number] | undefined {
  const [first, second] = [descriptorOf(member(record, 'fd0')), descriptorOf(member(record, 'fd1'))];
  return first === undefined || second === undefined ? undefined : [first, second];
}

/** LAUREL takes an even number of digits for a text in hex: 41 comes as `A`. */
function descriptorOf(value: unknown): number | undefined {
  const whole = wholeOf(value);
  if (whole !== undefined || typeof value !== 'string') return whole;
  const digits = bytesOf(value).map((byte) => byte.toString(16).padStart(2, '0'));
  return wholeOf(digits.join(''));
}

/** Records of which an event can have several come as a list. */
function firstOf(record: unknown): unknown {
  return Array.isArray(record) ? record[0] : record;
}

function titleOf(record: unknown): string | undefined {
  const words = wordsOf(member(record, 'ARGV'));
  return words.length === 0 ? nameOf(member(record, 'proctitle')) : words.join(' ');
}

/** Every one, also an empty one. */
function wordsOf(list: unknown): string[] {
  return listOf(list).flatMap((each) => (typeof each === 'string' ? [nameOf(each) ?? ''] : []));
}

/** LAUREL writes `%`, `+` and bytes that are no text as `%NN`. */
function nameOf(value: unknown): string | undefined {
  const text = textOf(value);
  if (text === undefined || !text.includes('%')) return text;
  const bytes = bytesOf(text);
  return decodeUtf8(Uint8Array.from(bytes), 0, bytes.length);
}

function bytesOf(text: string): number[] {
  return text.split(/(%[0-9a-fA-F]{2})/).flatMap((part, i) => {
    return i % 2 === 1 ? [Number.parseInt(part.slice(1), 16)] : [...encodeUtf8(part)];
  });
}

/** Enrichment by LAUREL itself: the beginning of the container's id. */
function containerOf(json: JsonObject): string | undefined {
  const container = member(json.SYSCALL, 'CONTAINER_INFO') ?? json.CONTAINER_INFO;
  return textOf(member(container, 'ID'))?.slice(0, 12);
}

/** The flags of openat2, as audit's record has them. */
function othersOf(json: JsonObject): SystemEvent['others'] {
  const flags = textOf(member(firstOf(json.OPENAT2), 'oflag'));
  return flags === undefined ? [] : [{ type: 'OPENAT2', text: `oflag=${flags.replace(/^0o/, '')}` }];
}
