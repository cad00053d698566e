import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { analysisQueueConformance } from '../../../../test/conformance/analysis-queue.ts';
import { InlineAnalyses } from './inline-analyses.ts';

analysisQueueConformance('the queue of analyses in files', async (bounds) => {
  const folders = [mkdtempSync(join(tmpdir(), 'disprotrack-analyses-'))];
  const opened = [await InlineAnalyses.open(folders[0]!, bounds)];
  const open = async (): Promise<InlineAnalyses> => {
    const queue = await InlineAnalyses.open(folders.at(-1)!, bounds);
    opened.push(queue);
    return queue;
  };
  return {
    queue: opened[0]!,
    reopen: async () => {
      await opened.at(-1)!.close();
      return open();
    },
    crash: async () => {
      // What a process that dies leaves is what is on the disk then.
      const copy = mkdtempSync(join(tmpdir(), 'disprotrack-analyses-'));
      cpSync(folders.at(-1)!, copy, { recursive: true });
      folders.push(copy);
      return open();
    },
    destroy: async () => {
      for (const queue of opened) await queue.close();
      for (const folder of folders) rmSync(folder, { recursive: true });
    },
  };
});

test('an order that was half written was never ordered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-analyses-'));
  const queue = await InlineAnalyses.open(folder);
  await queue.order({ paths: ['whole'] });
  writeFileSync(join(folder, 'waiting', 'analysis-0.json.part'), '{"id":"analy');
  const again = await InlineAnalyses.open(folder);
  expect((await again.waiting()).map(({ paths }) => paths)).toEqual([['whole']]);
  expect(readdirSync(join(folder, 'waiting'))).toHaveLength(1);
  rmSync(folder, { recursive: true });
});
