/**
 * Writes records: those of user space, which the agent adds to what the kernel sends, and, for tests and generated
 * streams, any other. The counterpart of RecordView and no cleverer than it.
 */
import { encodeUtf8 } from '../event/utf8.ts';
import { abiVersion, recordMagic } from './record-kind.ts';
import { recordBytes, type TextName, textNames } from './record-layout.ts';
import { place } from './record-view.ts';

export interface AddressFields {
  readonly family: number;
  readonly port?: number;
  readonly ip?: readonly number[];
}

export interface ObjectFields {
  readonly inode: number;
  readonly device?: number;
  readonly mode?: number;
}

export interface RecordFields {
  readonly kind: number;
  readonly flags?: number;
  /** 32-bit members by their name in abi.h. */
  readonly u32?: Readonly<Record<string, number>>;
  /** 64-bit members likewise. */
  readonly u64?: Readonly<Record<string, number | bigint>>;
  readonly result?: number;
  readonly args?: readonly (number | bigint)[];
  readonly object?: ObjectFields;
  readonly object2?: ObjectFields;
  readonly socket?: {
    readonly type: number;
    readonly protocol?: number;
    readonly local?: AddressFields;
    readonly remote?: AddressFields;
    readonly peerInode?: number;
  };
  readonly fds?: readonly [number, number];
  readonly comm?: string;
  readonly texts?: Readonly<Partial<Record<TextName, string | Uint8Array>>>;
}

export function writeRecord(fields: RecordFields): Uint8Array {
  const texts = textNames.map((name) => {
    const text = fields.texts?.[name] ?? '';
    return typeof text === 'string' ? encodeUtf8(text) : text;
  });
  const length = texts.reduce((sum, { length }) => sum + length, recordBytes);
  const bytes = new Uint8Array(Math.ceil(length / 8) * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(place('magic'), recordMagic, true);
  view.setUint16(place('version'), abiVersion, true);
  view.setUint16(place('kind'), fields.kind, true);
  view.setUint32(place('size'), bytes.length, true);
  view.setUint32(place('flags'), fields.flags ?? 0, true);
  for (const [name, value] of Object.entries(fields.u32 ?? {})) view.setUint32(place(name), value, true);
  for (const [name, value] of Object.entries(fields.u64 ?? {})) {
    view.setBigUint64(place(name), BigInt(value), true);
  }
  view.setBigInt64(place('result'), BigInt(fields.result ?? 0), true);
  for (const [i, arg] of (fields.args ?? []).entries()) {
    view.setBigInt64(place('args') + 8 * i, BigInt.asIntN(64, BigInt(arg)), true);
  }
  const [first, second] = fields.fds ?? [-1, -1];
  view.setInt32(place('fds'), first, true);
  view.setInt32(place('fds') + 4, second, true);
  setObject(view, 'object', fields.object);
  setObject(view, 'object2', fields.object2);
  setSocket(view, fields.socket);
  bytes.set(encodeUtf8(fields.comm ?? '').subarray(0, 16), place('comm'));
  let from = recordBytes;
  for (const [i, text] of texts.entries()) {
    view.setUint32(place('lengths') + 4 * i, text.length, true);
    bytes.set(text, from);
    from += text.length;
  }
  return bytes;
}

function setObject(view: DataView, name: string, object: ObjectFields | undefined): void {
  if (object === undefined) return;
  view.setBigUint64(place(`${name}.inode`), BigInt(object.inode), true);
  view.setUint32(place(`${name}.device`), object.device ?? 0, true);
  view.setUint32(place(`${name}.mode`), object.mode ?? 0, true);
}

function setSocket(view: DataView, socket: RecordFields['socket']): void {
  if (socket === undefined) return;
  view.setUint16(place('socket.type'), socket.type, true);
  view.setUint16(place('socket.protocol'), socket.protocol ?? 0, true);
  view.setUint32(place('socket.peer_inode'), socket.peerInode ?? 0, true);
  for (const end of ['local', 'remote'] as const) {
    const address = socket[end];
    if (address === undefined) continue;
    view.setUint16(place(`socket.${end}.family`), address.family, true);
    view.setUint16(place(`socket.${end}.port`), address.port ?? 0, true);
    for (const [i, byte] of (address.ip ?? []).entries()) view.setUint8(place(`socket.${end}.ip`) + i, byte);
  }
}
