/** The order in which an LMS-CFG numbers its sites: by place, then text, so that nothing else decides the numbers. */
import type { LmsSite } from './log-program.ts';

/** Number of each site, by its index. */
export function siteOrder(sites: readonly LmsSite[]): Uint32Array {
  const keys = sites.map((site) => site.address.split(':').map(numberKey));
  const order = sites.map((_, index) => index);
  order.sort((a, b) => compareKeys(keys[a]!, keys[b]!) || compareSites(sites[a]!, sites[b]!) || a - b);
  const ids = new Uint32Array(sites.length);
  for (const [id, index] of order.entries()) ids[index] = id;
  return ids;
}

/** Numbers of one base are in order when their digits are, once they are equally long. */
function numberKey(part: string): string {
  return /^(?:0x)?[0-9a-f]+$/i.test(part) ? part.replace(/^0x/i, '').padStart(16, '0') : part;
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const order = compareText(a[at] ?? '', b[at] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

function compareSites(a: LmsSite, b: LmsSite): number {
  return compareText(a.text, b.text) || compareText(a.function ?? '', b.function ?? '');
}

/** By code units: the same on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
