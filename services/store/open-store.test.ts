import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { delta, edge, vertex } from '../../test/conformance/deltas.ts';
import { StoreError } from '../core/graph-store.ts';
import { openStore } from './open-store.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'disprotrack-open-'));
});
afterEach(() => rmSync(root, { recursive: true }));

async function refusal(dir: string, mode: 'read' | 'write'): Promise<StoreError> {
  const error = await (mode === 'read' ? openStore(dir, { mode }) : openStore(dir, { mode })).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(StoreError);
  expect((error as StoreError).message).toContain(dir);
  return error as StoreError;
}

describe('what is refused, and leaves nothing behind', () => {
  test('a folder that is not there, for reading', async () => {
    const dir = join(root, 'none');
    expect((await refusal(dir, 'read')).code).toBe('missing');
    expect(existsSync(dir)).toBe(false);
  });

  test('an empty folder, for reading', async () => {
    expect((await refusal(root, 'read')).code).toBe('not-a-store');
    expect(readdirSync(root)).toEqual([]);
  });

  test('a place where no folder can be made, at once', async () => {
    expect((await refusal('/proc/disprotrack/store', 'write')).code).toBe('io');
  });

  for (const mode of ['read', 'write'] as const) {
    test(`a folder of other things, to ${mode}`, async () => {
      writeFileSync(join(root, 'holiday.jpg'), 'x');
      expect((await refusal(root, mode)).code).toBe('not-a-store');
      expect(readdirSync(root)).toEqual(['holiday.jpg']);
    });

    test(`a file, to ${mode}`, async () => {
      writeFileSync(join(root, 'file'), 'x');
      expect((await refusal(join(root, 'file'), mode)).code).toBe('not-a-store');
    });

    test(`a store of a newer format, to ${mode}`, async () => {
      await (await openStore(root, { mode: 'write' })).close();
      writeFileSync(join(root, 'FORMAT.json'), '{"format":"disprotrack-store","version":5}');
      const error = await refusal(root, mode);
      expect([error.code, error.message]).toEqual(['newer-format', expect.stringContaining('format 5')]);
      expect(error.hint).toMatch(/version/);
    });

    test(`a store of an older format, to ${mode}`, async () => {
      await (await openStore(root, { mode: 'write' })).close();
      writeFileSync(join(root, 'FORMAT.json'), '{"format":"disprotrack-store","version":1}');
      const error = await refusal(root, mode);
      expect([error.code, error.message]).toEqual(['older-format', expect.stringContaining('format 1')]);
      expect(error.hint).toMatch(/import again/);
    });

    test(`a store that has lost its data file, to ${mode}`, async () => {
      await (await openStore(root, { mode: 'write' })).close();
      rmSync(join(root, 'data.mdb'));
      expect((await refusal(root, mode)).code).toBe('corrupt');
      expect(existsSync(join(root, 'data.mdb'))).toBe(false);
    });

    test(`a mark that cannot be read, to ${mode}`, async () => {
      await (await openStore(root, { mode: 'write' })).close();
      writeFileSync(join(root, 'FORMAT.json'), '{"format":');
      expect((await refusal(root, mode)).code).toBe('corrupt');
    });
  }

  test('a second writer in the same process', async () => {
    const first = await openStore(root, { mode: 'write' });
    const error = await refusal(root, 'write');
    expect([error.code, error.message]).toEqual([
      'locked',
      expect.stringContaining(`process ${process.pid}`),
    ]);
    await first.close();
    await (await openStore(root, { mode: 'write' })).close();
  });
});

test('a reader has no way to write, and creates nothing', async () => {
  await (await openStore(root, { mode: 'write' })).close();
  const before = readdirSync(root).sort();
  const reader = await openStore(root, { mode: 'read' });
  expect('apply' in reader).toBe(false);
  expect((await reader.counts()).vertices).toBe(0);
  await reader.close();
  expect(readdirSync(root).sort()).toEqual(before);
});

test('a creation cut short before its mark is taken up again', async () => {
  const dir = join(root, 'store');
  mkdirSync(dir);
  writeFileSync(join(dir, 'writer.lock'), '');
  writeFileSync(join(dir, 'data.mdb'), '');
  const store = await openStore(dir, { mode: 'write' });
  await store.apply(delta({ vertices: [vertex('a')] }));
  await store.close();
  expect(readdirSync(dir)).toContain('FORMAT.json');
});

test('a reader sees what is committed while the writer lives, indexed or not', async () => {
  const store = await openStore(root, { mode: 'write', tailEdgesMax: 50, tailBatchesMax: 3 });
  const reader = await openStore(root, { mode: 'read' });
  for (let i = 0n; i < 20n; i++) {
    const vertices = [vertex('a'), vertex(`v${i}`, { terms: ['t'] })];
    await store.apply(delta({ vertices, edges: [edge(`v${i}`, 'a', i)] }));
    const { edges } = await reader.edgesInto([{ vertex: 'a', since: -1n, until: 99n }], 99);
    expect(edges.map(({ first }) => first)).toEqual(
      Array.from({ length: Number(i) + 1 }, (_, at) => i - BigInt(at)),
    );
    expect((await reader.lookup('t', 99)).length).toBe(Number(i) + 1);
  }
  await reader.close();
  await store.close();
});

test('a copy of the folder is a store, whatever processes there have been', async () => {
  const store = await openStore(join(root, 'a'), { mode: 'write' });
  await store.apply(delta({ vertices: [vertex('a')] }));
  await store.close();
  cpSync(join(root, 'a'), join(root, 'b'), { recursive: true });
  const copy = await openStore(join(root, 'b'), { mode: 'write' });
  expect((await copy.vertices(['a'])).length).toBe(1);
  await copy.close();
});
