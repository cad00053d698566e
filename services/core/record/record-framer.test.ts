import { expect, test } from 'vitest';
import type { Diagnostic } from '../diagnostic.ts';
import { writeFileHeader } from './file-header.ts';
import { RecordFramer } from './record-framer.ts';
import { recordKind } from './record-kind.ts';
import { fileHeaderBytes, fileHeaderLayout, recordBytes, recordLayout } from './record-layout.ts';
import { place } from './record-view.ts';
import { writeRecord } from './record-writer.ts';

const record = (tgid: number, path = '/some/path'): Uint8Array =>
  writeRecord({ kind: recordKind.syscall, u32: { tgid }, texts: { path } });

function frame(stream: Uint8Array, chunk_bytes = stream.length) {
  const tgids: number[] = [];
  const hosts: string[] = [];
  const diagnostics: Diagnostic[] = [];
  const framer = new RecordFramer({
    file: 'f.dpt',
    onRecord: (r) => tgids.push(r.tgid),
    onHeader: (h) => hosts.push(h.host),
    diagnose: (d) => diagnostics.push(d),
  });
  for (let at = 0; at < stream.length; at += chunk_bytes) {
    const chunk = stream.slice(at, at + chunk_bytes);
    framer.write(chunk);
    chunk.fill(0x44);
  }
  framer.end();
  const { counts } = framer;
  const told =
    counts.recordBytes + counts.headers * fileHeaderBytes + counts.skippedBytes + counts.refusedBytes;
  expect(told).toBe(stream.length);
  const codes = diagnostics.map(({ code, offset }) => `${code} ${offset}`);
  return { tgids, hosts, codes, diagnostics, counts };
}

/** Whatever the cuts, the same comes out. */
function framed(...parts: Uint8Array[]) {
  const stream = new Uint8Array(parts.flatMap((part) => [...part]));
  const whole = frame(stream);
  for (const cut of [1, 7, 100, 361]) expect(frame(stream, cut)).toEqual(whole);
  return whole;
}

test('the layout is that of the header: 360 and 128 bytes, without a hole before the texts', () => {
  expect(recordBytes).toBe(360);
  expect(fileHeaderBytes).toBe(128);
  expect(recordLayout.get('socket.remote.port')).toEqual({ offset: 250, bytes: 2 });
  expect(recordLayout.get('lengths.payload')).toEqual({ offset: 356, bytes: 4 });
  expect(fileHeaderLayout.get('host')).toEqual({ offset: 72, bytes: 56 });
});

test('a header and records are given whole, for any cut into chunks', () => {
  const header = writeFileHeader({
    arch: 0xc000003e,
    source: 'ebpf',
    real_ns: 5n,
    monotonic_ns: 1n,
    bootId: 'b',
    host: 'node1',
  });
  const { tgids, hosts, codes } = framed(header, record(1), record(2, '/ä'), record(3, ''));
  expect({ tgids, hosts, codes }).toEqual({ tgids: [1, 2, 3], hosts: ['node1'], codes: [] });
});

test('bytes that are no record are passed over and said, at the start, between and at the end', () => {
  const noise = new TextEncoder().encode('DPT1 no record, DPT');
  const { tgids, codes } = framed(noise, record(1), noise, record(2), noise);
  const size = record(1).length;
  expect(tgids).toEqual([1, 2]);
  expect(codes).toEqual([
    'record-skipped 0',
    `record-skipped ${noise.length + size}`,
    `record-skipped ${2 * (noise.length + size)}`,
  ]);
});

test('of a torn record nothing is believed, and the one behind it is found', () => {
  for (const kept of [3, 11, 200, 364]) {
    const { tgids, codes, counts } = framed(record(1), record(2).subarray(0, kept), record(3), record(4));
    expect(tgids).toEqual([1, 3, 4]);
    expect(codes).toEqual([`record-skipped ${record(1).length}`]);
    expect(counts.skippedBytes).toBe(kept);
  }
  expect(framed(record(1), record(2).subarray(0, 100)).codes).toEqual([`record-skipped ${record(1).length}`]);
});

test('a record inside of another’s payload is payload', () => {
  const carrier = writeRecord({
    kind: recordKind.syscall,
    u32: { tgid: 1 },
    texts: { payload: record(666) },
  });
  expect(framed(carrier, record(2)).tgids).toEqual([1, 2]);
});

test('another version is refused once, by name, and what follows is read', () => {
  const newer = record(9);
  new DataView(newer.buffer).setUint16(place('version'), 2, true);
  const { tgids, codes, diagnostics, counts } = framed(record(1), newer, newer, record(2));
  expect(tgids).toEqual([1, 2]);
  expect(codes).toEqual([`record-version ${record(1).length}`, 'record-version-total undefined']);
  expect(diagnostics[0]!.message).toMatch(/version 2 .* reads version 1/);
  expect(counts.refused).toBe(2);
});
