import { describe, expect, test } from 'vitest';
import { ProgressLine, progressText } from './progress.ts';
import type { Terminal } from './terminal.ts';

const progress = { bytesRead: 50_000_000, bytesTotal: 200_000_000, records: 0, events: 123_456 };

describe('progress', () => {
  test('gives share, rate and the time left', () => {
    expect(progressText(progress, 2_000)).toBe('25 % of 200.0 MB, 25.0 MB/s, 123,456 events, 6.0 s left');
  });

  test('promises nothing where the size is not known', () => {
    expect(progressText({ ...progress, bytesTotal: undefined }, 2_000)).toBe(
      '50.0 MB read, 25.0 MB/s, 123,456 events',
    );
  });

  test('keeps quiet where nobody watches', () => {
    const notes: string[] = [];
    const line = new ProgressLine(terminal(notes, false));
    line.show(progress);
    line.clear();
    expect(notes).toEqual([]);
  });

  test('renews one line, not more often than can be read, and clears it', () => {
    const notes: string[] = [];
    let now = 0;
    const line = new ProgressLine(terminal(notes, true), () => now);
    for (; now < 1_000; now += 10) line.show(progress);
    expect(notes).toHaveLength(10);
    line.clear();
    line.clear();
    expect(notes).toHaveLength(11);
    expect(notes.every((note) => note.startsWith('\r\x1b[K') && !note.includes('\n'))).toBe(true);
  });
});

function terminal(notes: string[], noteIsTty: boolean): Terminal {
  return {
    print: async () => {},
    note: (text) => notes.push(text),
    noteIsTty,
    colour: false,
  };
}
