/** C and TypeScript agree on where everything in a record is. */
import { beforeAll, expect, test } from 'vitest';
import {
  fileHeaderBytes,
  fileHeaderLayout,
  recordBytes,
  recordLayout,
} from '../../../services/core/record/record-layout.ts';
import { buildCapture, compiledLayout } from './capture-build.ts';

beforeAll(buildCapture, 600_000);

const compiled = (prefix: string) =>
  Object.fromEntries(
    [...compiledLayout()].flatMap(([name, member]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), member]] : [],
    ),
  );

test('every member of a record is where the compiler put it', () => {
  const { record, ...members } = compiled('');
  for (const name of Object.keys(members)) if (name.startsWith('file_header')) delete members[name];
  expect(Object.keys(members).length).toBeGreaterThan(50);
  expect(Object.fromEntries(recordLayout)).toEqual(members);
  expect(recordBytes).toBe(record!.bytes);
});

test("so is every member of a recording's header", () => {
  expect(Object.fromEntries(fileHeaderLayout)).toEqual(compiled('file_header.'));
  expect(fileHeaderBytes).toBe(compiledLayout().get('file_header')!.bytes);
});
