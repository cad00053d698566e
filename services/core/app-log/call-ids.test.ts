import { expect, test } from 'vitest';
import { callIdsOf } from './call-ids.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

test.each([
  [`traceparent: 00-${trace}-00f067aa0ba902b7-01`, [trace]],
  [`{"level":30,"trace_id":"${trace}","span_id":"00f067aa0ba902b7","msg":"x"}`, [trace]],
  ['POST / X-Call-Id: 9C4BD1E0-6F0E-4D5A-8C1B-2B7A0B3E9D11 done', ['9c4bd1e0-6f0e-4d5a-8c1b-2b7a0b3e9d11']],
  [`level=info requestId=01HV3K7Q2P traceparent="00-${trace}-00f067aa0ba902b7-01"`, [trace, '01hv3k7q2p']],
  ['paid=12345678 invalid: 12345678', []],
  ['user 7 logged in', []],
  ['request id: short', []],
])('%s', (line, ids) => {
  expect(callIdsOf(line)).toEqual(ids);
});

test('no more than a few of one line count', () => {
  const line = Array.from({ length: 9 }, (_, i) => `request_id=aaaaaaa${i}`).join(' ');
  expect(callIdsOf(line)).toHaveLength(4);
});
