/** What a symptom says by its form alone: pid, address, path, term. It must not know the store. */
import type { Vertex } from '../graph-store.ts';
import { term } from '../upg/identity.ts';

export interface SymptomLiteral {
  /** Terms to look up, all of which it may mean. */
  readonly terms: readonly string[];
  readonly how: string;
  /** Whether a vertex found under the terms is meant. */
  fits(vertex: Vertex): boolean;
}

const any = (): boolean => true;
const termKinds = /^(path|name|ip|addr|exe|comm|container|template):/;

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const v4 = new RegExp(`^(${octet}(?:\\.${octet}){3})(?::(\\d{1,5}))?$`);
const v6 = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9a-fA-F:.]+))(?:(?<=\]):(\d{1,5}))?$/;

/** A longer text with blanks is a log line and nothing else. */
const nameWithBlanks_length_max = 255;

/** Likeliest first; empty for a text that can only be a log line. */
export function parseLiteral(input: string): SymptomLiteral[] {
  const pid = /^pid:(\d{1,10})$/.exec(input);
  if (pid !== null) return [{ terms: [term('pid', pid[1]!)], how: `process id ${pid[1]}`, fits: any }];
  if (termKinds.test(input)) return [{ terms: [input], how: `term ${input}`, fits: any }];
  const address = parseAddress(input);
  if (address !== undefined) return [address];
  if (/\s/.test(input) && !input.startsWith('/')) {
    if (input.length > nameWithBlanks_length_max) return [];
    // Not said again in what was tried: it is a log line more often than a name.
    return [
      { terms: [term('path', input)], how: 'path', fits: any },
      { terms: [term('name', input)], how: 'file or program of that name', fits: any },
    ];
  }
  const how = `path ${input}`;
  const name = input.slice(input.lastIndexOf('/') + 1);
  const exact: SymptomLiteral = { terms: [term('path', input), term('exe', input)], how, fits: any };
  if (input.startsWith('/')) return [exact];
  if (!input.includes('/'))
    return [exact, { terms: [term('name', name)], how: `file or program named ${name}`, fits: any }];
  const ending = `/${input.replace(/^(\.\/)+/, '')}`;
  const fits = (v: Vertex): boolean => v.terms.some((t) => t.endsWith(ending));
  return [exact, { terms: [term('name', name)], how: `path that ends in ${ending}`, fits }];
}

function parseAddress(input: string): SymptomLiteral | undefined {
  const four = v4.exec(input);
  if (four !== null) return addressLiteral(four[1]!, four[2]);
  const six = v6.exec(input);
  const text = six?.[1] ?? six?.[2];
  if (text === undefined || text.split(':').length < 3) return undefined;
  return addressLiteral(text.toLowerCase(), six?.[3]);
}

function addressLiteral(address: string, port: string | undefined): SymptomLiteral {
  return port === undefined
    ? { terms: [term('ip', address)], how: `address ${address}`, fits: any }
    : { terms: [term('addr', `${address}:${port}`)], how: `address ${address} port ${port}`, fits: any };
}
