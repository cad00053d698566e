/** The short form of `npm run accuracy`: small programs, one build with line numbers, one real server. */
import { expect, test } from 'vitest';
import { callSites, site_recall_min } from './measure/call-sites.ts';
import { hit_rate_min, lineOrder, random_hit_rate_max } from './measure/line-order.ts';
import { messageCodes } from './measure/message-codes.ts';
import { precision_min, programTexts, recall_min } from './measure/program-texts.ts';
import { tinyproxy } from './reality/server/tinyproxy.ts';
import { recordServer } from './reality/servers.ts';
import { analyse } from './tool/analyse.ts';

test.for(['tinyproxy', 'dropbear', 'memcached'])('texts of %s', async (name) => {
  const { recall, precision, labelledPrecision } = await programTexts(name, {});
  expect(recall).toBeGreaterThanOrEqual(recall_min);
  expect(precision ?? labelledPrecision).toBeGreaterThanOrEqual(precision_min);
});

test('every message code of Apache', async () => {
  const [server] = await messageCodes(0, {});
  expect(server!.codes).toBeGreaterThan(250);
  expect(server!.missed).toEqual([]);
});

test('call sites by address', async () => {
  const { sites, recall } = await callSites('dropbear', {});
  expect(sites).toBeGreaterThan(200);
  expect(recall).toBeGreaterThanOrEqual(site_recall_min);
});

test('edges against a real log', async () => {
  const { binary, lines } = await recordServer(tinyproxy);
  const { pairs, hitRate, randomHitRate } = lineOrder(lines, await analyse(binary, { edges: true }));
  expect(pairs).toBeGreaterThan(80);
  expect(hitRate).toBeGreaterThanOrEqual(hit_rate_min);
  expect(randomHitRate).toBeLessThanOrEqual(random_hit_rate_max);
});
