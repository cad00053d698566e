/**
 * From what a responder pastes to where a trace starts. An input may mean several things; the likeliest one that
 * matches counts, and the others are named. It must not know ranking or how answers look.
 */
import type { GraphReader } from '../../graph-store.ts';
import { term } from '../../upg/identity.ts';
import { endOfTime } from '../traversal.ts';
import { meaningOf, parseLiteral } from './literal.ts';
import { printedLine } from './printed-line.ts';
import { regexMeaning, templateMeaning, wordsMeaning } from './printed-pattern.ts';
import { parseRequest, requestMeaning } from './request.ts';
import {
  fromVertices,
  type Meaning,
  nothing,
  type ParseLine,
  type Question,
  type Symptom,
  type TemplateOf,
} from './symptom.ts';

/** A shorter beginning is alike by chance. */
const similarBeginning_length_min = 6;
const similar_max = 5;

/**
 * Nothing matched: `matched` is empty and `how` says what was looked for. Rejects with SymptomError, or with what the store
 * rejects with.
 */
export async function resolveSymptom(
  reader: GraphReader,
  input: string,
  before: bigint,
  parseLine: ParseLine,
  templateOf: TemplateOf,
): Promise<Symptom> {
  // A log's lines may begin with blanks that say something; no other form does.
  const question: Question = { reader, input, before, parseLine, templateOf };
  const form = input.trim();
  const [byId] = await reader.vertices([form]);
  if (byId !== undefined) return fromVertices([byId], before, `vertex id`, false);
  const meanings = meaningsOf(form);
  for (const [at, meaning] of meanings.entries()) {
    const found = await meaning.find(question);
    if (found === undefined) continue;
    const also = found.matched.length === 0 ? [] : await alsoMeant(question, meanings.slice(at + 1));
    return { ...found, also: [...found.also, ...also] };
  }
  if (before < endOfTime) {
    const later = await resolveSymptom(reader, input, endOfTime, parseLine, templateOf);
    const how = `seen as ${later.how}, but not before the time that was asked for`;
    if (later.matched.length > 0) return { ...nothing, how };
  }
  const tried = meanings.flatMap(({ how }) => how ?? []).join(', ');
  return { ...nothing, how: `nothing matched; tried as ${tried}${await similarLines(question)}` };
}

/** Likeliest first. */
function meaningsOf(input: string): Meaning[] {
  const request = parseRequest(input);
  const regex = regexMeaning(input);
  if (input.startsWith('re:')) return [regex!];
  return [
    ...(request === undefined ? [] : [requestMeaning(request)]),
    ...parseLiteral(input).map(meaningOf),
    regex,
    templateMeaning(input),
    printedLine,
    wordsMeaning,
  ].filter((meaning) => meaning !== undefined);
}

async function alsoMeant(question: Question, meanings: readonly Meaning[]): Promise<string[]> {
  const also: string[] = [];
  for (const meaning of meanings) {
    const found = meaning.isCheap ? await meaning.find(question) : undefined;
    if (found !== undefined) also.push(found.how);
  }
  return also;
}

/** Printed lines that begin as the one asked for; the longest common beginning counts. */
async function similarLines({ reader, input, parseLine, templateOf }: Question): Promise<string> {
  if (!/\s/.test(input.trim())) return '';
  const words = templateOf(parseLine(input).message).template.split(' ');
  for (let length = words.length - 1; length > 0; length = length >> 1) {
    const beginning = words.slice(0, length).join(' ');
    if (beginning.length < similarBeginning_length_min) break;
    const ids = await reader.lookup(`${term('template', beginning)}*`, similar_max);
    if (ids.length === 0) continue;
    const labels = (await reader.vertices(ids)).map((v) => JSON.stringify(v.label));
    return `; printed lines that begin alike: ${labels.join(', ')}`;
  }
  return '';
}
