/**
 * The canonical identities of vertices and the terms that they are found by. Deterministic text, so that the same
 * input always names the same vertex, in any store. It must not know how the parts of an identity were learned.
 */
import type { VertexKind } from '../graph-store.ts';

const kinds = new Map<string, VertexKind>([
  ...(['process', 'unit', 'file', 'socket', 'pipe', 'template'] as const).map(
    (kind) => [kind, kind] as const,
  ),
  ['lms', 'template'],
]);
const idLength_max = 300;
const termLength_max = 600;

/** (host, pid, start): a bare pid is reused. `start` is ns of the fork, or of the first event seen. */
export function processId(host: string, pid: number, start: bigint): string {
  return `process:${host}/${pid}@${start}`;
}

/** The same where the kernel said when the process began: (host, boot, pid, ns since that boot), whatever was seen of it. */
export function bootProcessId(host: string, pid: number, bootId: string, start: bigint): string {
  return `process:${host}/${pid}@${bootPart(bootId)}.${start}`;
}

export function unitId(process: string, ordinal: number): string {
  return `unit:${process.slice('process:'.length)}#${ordinal}`;
}

/** (host, device, inode, incarnation): a path names different files over time and over mount namespaces. */
export function inodeFileId(host: string, device: string, inode: number, incarnation: number): string {
  return `file:${host}/${device}/${inode}${incarnation === 0 ? '' : `+${incarnation}`}`;
}

/** Where no inode is known, the path within the container (or host) has to do. */
export function pathFileId(host: string, container: string | undefined, path: string): string {
  return bounded(`file:${host}/${container ?? ''}:${path}`, idLength_max);
}

/** What a call made, by that call: (host, serial, time), for serials begin again at a boot. */
export function socketId(call: MakingCall): string {
  return `socket:${madeBy(call)}`;
}

export function pipeId(call: MakingCall): string {
  return `pipe:${madeBy(call)}`;
}

/** Numbers of pipes and sockets are given once in a boot. */
export function bootPipeId(host: string, bootId: string, inode: number): string {
  return `pipe:${host}/${bootPart(bootId)}/${inode}`;
}

export function bootSocketId(host: string, bootId: string, inode: number): string {
  return `socket:${host}/${bootPart(bootId)}/${inode}`;
}

export function memoryFileId(call: MakingCall): string {
  return `file:memfd/${madeBy(call)}`;
}

interface MakingCall {
  readonly host: string;
  readonly serial: number;
  readonly time: bigint;
}

function madeBy({ host, serial, time }: MakingCall): string {
  return `${host}/${serial}@${time}`;
}

export function templateId(program: string, template: string): string {
  return bounded(`template:${program}|${template}`, idLength_max);
}

/** What a statement is known by of which a profile has the text. */
export function lmsId(program: string, text: string): string {
  return bounded(`lms:${program}|${text}`, idLength_max);
}

export const termKinds = [
  'path',
  'name',
  'ip',
  'addr',
  'pid',
  'exe',
  'comm',
  'container',
  'function',
  'pod',
  'service',
  'template',
  'statement',
  /** `GET /path`, without the query; and `GET /path 200`. */
  'request',
  /** An id that services hand on from call to call. */
  'call',
  /** Of a connection between two: `a~b`. */
  'hosts',
] as const;
export type TermKind = (typeof termKinds)[number];

/** A term as `GraphReader.lookup` takes it. Over-long texts are cut and told apart by a hash of the whole. */
export function term(kind: TermKind, text: string): string {
  return bounded(`${kind}:${text}`, termLength_max);
}

const answersEnd = '/answers';

/** What is said on a connection the other way. */
export function answersOf(connection: string): string {
  return connection + answersEnd;
}

/** Of either of its two ways. */
export function connectionOf(way: string): string {
  return way.endsWith(answersEnd) ? way.slice(0, -answersEnd.length) : way;
}

export function hostsTerm(one: string, other: string): string {
  return term('hosts', [one, other].sort().join('~'));
}

/** Of a process, unit, file or pipe; connections are of two. */
export function hostOf(id: string): string | undefined {
  return /^(?:process|unit|file|pipe):(?:memfd\/)?([^/]+)\//.exec(id)?.[1];
}

/** Undefined of what is no id. */
export function kindOf(id: string): VertexKind | undefined {
  return kinds.get(id.slice(0, id.indexOf(':')));
}

/** With `status`, of those that were answered so. */
export function requestTerm(method: string, path: string, status?: number): string {
  const query = path.indexOf('?');
  const plain = `${method} ${query < 0 ? path : path.slice(0, query)}`;
  return term('request', status === undefined ? plain : `${plain} ${status}`);
}

export function addressText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Enough of a boot id to tell the boots of one host apart. */
function bootPart(bootId: string): string {
  return bootId.slice(0, 8);
}

function bounded(text: string, length_max: number): string {
  return text.length <= length_max ? text : `${text.slice(0, length_max - 20)}…${hash64(text)}`;
}

/** Two independent FNV-1a style 32-bit lanes, as 16 hex digits: tells long texts apart, no security is meant. */
function hash64(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ (unit + i), 0x85ebca6b);
    high ^= high >>> 15;
  }
  return (low >>> 0).toString(16).padStart(8, '0') + (high >>> 0).toString(16).padStart(8, '0');
}
