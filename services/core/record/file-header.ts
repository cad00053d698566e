/** The head of a recording: whose it is, and when and by which source it was made. */
import { decodeUtf8, encodeUtf8 } from '../event/utf8.ts';
import { abiVersion, fileMagic, recordSource, type SourceName } from './record-kind.ts';
import { fileHeaderBytes, fileHeaderLayout, offsetOf, recordBytes } from './record-layout.ts';

export interface FileHeader {
  /** AUDIT_ARCH_* of the host. */
  readonly arch: number;
  /** Undefined for a source that has no name here. */
  readonly source: SourceName | undefined;
  readonly real_ns: bigint;
  readonly monotonic_ns: bigint;
  readonly bootId: string;
  readonly host: string;
}

/** `bytes` begin with the header's magic and hold it whole. */
export function readFileHeader(bytes: Uint8Array): FileHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const source = view.getUint32(at('source'), true);
  return {
    arch: view.getUint32(at('arch'), true),
    source: sourceNames.find((name) => recordSource[name] === source),
    real_ns: view.getBigUint64(at('real_ns'), true),
    monotonic_ns: view.getBigUint64(at('monotonic_ns'), true),
    bootId: textAt(bytes, 'boot_id'),
    host: textAt(bytes, 'host'),
  };
}

export function writeFileHeader(header: FileHeader & { readonly source: SourceName }): Uint8Array {
  const bytes = new Uint8Array(fileHeaderBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(at('magic'), fileMagic, true);
  view.setUint16(at('version'), abiVersion, true);
  view.setUint16(at('record_bytes'), recordBytes, true);
  view.setUint32(at('arch'), header.arch, true);
  view.setUint32(at('source'), recordSource[header.source], true);
  view.setBigUint64(at('real_ns'), header.real_ns, true);
  view.setBigUint64(at('monotonic_ns'), header.monotonic_ns, true);
  setText(bytes, 'boot_id', header.bootId);
  setText(bytes, 'host', header.host);
  return bytes;
}

const sourceNames = Object.keys(recordSource) as SourceName[];

function at(member: string): number {
  return offsetOf(fileHeaderLayout, member);
}

function textAt(bytes: Uint8Array, member: string): string {
  const { offset, bytes: length } = fileHeaderLayout.get(member)!;
  const end = bytes.subarray(offset, offset + length).indexOf(0);
  return decodeUtf8(bytes, offset, offset + (end < 0 ? length : end));
}

function setText(bytes: Uint8Array, member: string, text: string): void {
  const { offset, bytes: length } = fileHeaderLayout.get(member)!;
  bytes.set(encodeUtf8(text).subarray(0, length), offset);
}
