/** What a symptom says by its form alone: pid, address, path, folder, call id, term. It must not know the store. */
import type { Vertex } from '../../graph-store.ts';
import { type TermKind, term, termKinds } from '../../upg/identity.ts';
import { replacedFiles } from './replaced-file.ts';
import { fromVertices, type Meaning } from './symptom.ts';
import { countText, lookupAny } from './vertex-lookup.ts';

export interface SymptomLiteral {
  /** Terms to look up, all of which it may mean; with a trailing `*` all that begin so. */
  readonly terms: readonly string[];
  readonly how: string;
  /** Not said again in what was tried: it is something else more often. */
  readonly isUnlikely?: boolean;
  /** Whether it is one path, which means one file of a container at a time. */
  readonly isPath?: boolean;
  /** Whether a vertex found under the terms is meant. */
  fits(vertex: Vertex): boolean;
}

const any = (): boolean => true;
const termForm = new RegExp(`^(${termKinds.join('|')}):(.+)$`, 's');

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const v4 = new RegExp(`^(${octet}(?:\\.${octet}){3})(?::(\\d{1,5}))?$`);
const v6 = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9a-fA-F:.]+))(?:(?<=\]):(\d{1,5}))?$/;
const callIds = [
  /^(?:traceparent\s*[:=]\s*)?[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/i,
  /^(?:x[-_])?(?:call|request|req|trace|correlation)[-_ ]?id\s*[:=]\s*"?([\w.-]{7,64})"?$/i,
  /^([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i,
];

/** A longer text with blanks is a log line and nothing else. */
const nameWithBlanks_length_max = 255;

export function meaningOf({ terms, how, isUnlikely, isPath, fits }: SymptomLiteral): Meaning {
  return {
    how: isUnlikely === true ? undefined : how,
    isCheap: !terms.some((t) => t.endsWith('*')),
    async find(question) {
      const { matched, more } = await lookupAny(question, terms, fits);
      if (matched.length === 0) return undefined;
      const replaced = isPath === true ? await replacedFiles(question, matched) : new Set<string>();
      const told = `${how}${countText(matched.length, more)}${replacedText(replaced.size)}`;
      const found = fromVertices(matched, question.before, told, more);
      return { ...found, starts: found.starts.map((s) => ({ ...s, isReplaced: replaced.has(s.vertex) })) };
    },
  };
}

function replacedText(count: number): string {
  return count === 0 ? '' : `, ${count} of which another has replaced there`;
}

/** Likeliest first; empty for a text that can only be a log line. */
export function parseLiteral(input: string): SymptomLiteral[] {
  const named = termForm.exec(input);
  if (named !== null) return [parseTerm(named[1] as TermKind, named[2]!)];
  const address = parseAddress(input);
  if (address !== undefined) return [address];
  for (const form of callIds) {
    const id = form.exec(input)?.[1]?.toLowerCase();
    if (id !== undefined)
      return [{ terms: [term('call', id)], how: `call id ${id}`, fits: any }, ...names(input)];
  }
  // A text with blanks is a line more often than a path, but where it begins as a path does.
  const isPath = input.startsWith('/') || (input.includes('/') && !/\s/.test(input));
  return isPath ? paths(input) : names(input);
}

function parseTerm(kind: TermKind, value: string): SymptomLiteral {
  const text = kind === 'path' || kind === 'exe' ? normalPath(value) : value;
  const how = kind === 'pid' ? `process id ${value}` : `${kind} ${text}`;
  // A term is given by whoever knows the store, and may end with a star of its own.
  return { terms: [value.endsWith('*') ? `${kind}:${text}` : term(kind, text)], how, fits: any };
}

/** Of a text without a slash: a whole name. */
function names(input: string): SymptomLiteral[] {
  if (input.length > nameWithBlanks_length_max) return [];
  const isUnlikely = /\s/.test(input);
  return [
    { terms: [term('path', input), term('exe', input)], how: `path ${input}`, isUnlikely, fits: any },
    { terms: [term('name', input)], how: `file or program named ${input}`, isUnlikely, fits: any },
    ...(isUnlikely
      ? []
      : [
          {
            terms: (['container', 'function', 'pod', 'service'] as const).map((kind) => term(kind, input)),
            how: `container, function, pod or service ${input}`,
            fits: any,
          },
        ]),
  ];
}

function paths(input: string): SymptomLiteral[] {
  const path = normalPath(input);
  const folder: SymptomLiteral = { terms: [`${term('path', path)}/*`], how: `folder ${path}`, fits: any };
  const exact = {
    terms: [term('path', path), term('exe', path)],
    how: `path ${path}`,
    isPath: true,
    fits: any,
  };
  if (path.startsWith('/')) {
    if (path === '/') return [exact];
    return input.endsWith('/') ? [folder, exact] : [exact, folder];
  }
  const name = path.slice(path.lastIndexOf('/') + 1);
  const ending = `/${path}`;
  const fits = (v: Vertex): boolean => v.terms.some((t) => t.endsWith(ending));
  return [exact, { terms: [term('name', name)], how: `path that ends in ${ending}`, fits }];
}

/** Without `.`, `..`, doubled and trailing slashes. */
function normalPath(path: string): string {
  const isAbsolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && (isAbsolute || (parts.length > 0 && parts.at(-1) !== '..'))) parts.pop();
    else parts.push(part);
  }
  return `${isAbsolute ? '/' : ''}${parts.join('/')}`;
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
