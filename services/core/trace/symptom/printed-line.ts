/**
 * A pasted log line: its template finds the lines that one statement printed, its values and its time choose among
 * them. Where no line has all the values, the one that shares the rarest of them is meant: an address or a session
 * tells more than a status. It must not know what a template looks like.
 */
import type { TemplateUse } from '../../graph-store.ts';
import { term } from '../../upg/identity.ts';
import { endOfTime } from '../traversal.ts';
import { fromUses, type Meaning, matches_max, type Question, type Symptom } from './symptom.ts';

/** Printed lines of one template that are looked through. */
const uses_max = 20_000;
/** Alternatives offered where no printed line is the very one. */
const partial_max = 5;
const others_max = 3;
/** A line is written some time after what it names as its time: a request's begin, for one. */
const writing_ns_max = 60_000_000_000n;
/** A kernel's clock may be this much behind the one that the line's writer read. */
const early_ns_max = 10_000_000n;

interface Line {
  readonly variables: readonly string[];
  readonly time: bigint;
  readonly pid: number | undefined;
}

export const printedLine: Meaning = {
  how: 'log line',
  isCheap: false,
  async find(question) {
    const { message, time, pid } = question.parseLine(question.input);
    const { template, variables } = question.templateOf(message);
    const line = { variables, time, pid };
    const templates = await question.reader.lookup(term('template', template), matches_max);
    // Of a statement that printed for months, those of the line's own time are looked at first.
    if (time !== 0n) {
      const until = time + writing_ns_max < question.before ? time + writing_ns_max : question.before;
      const near = await usesOf(question, templates, until);
      const found = exactly(near, variables);
      if (found.length > 0) return await exactLine(question, found, line);
    }
    const uses = await usesOf(question, templates, question.before);
    if (uses.length === 0) return undefined;
    const found = exactly(uses, variables);
    return found.length > 0 ? await exactLine(question, found, line) : await alikeLine(question, uses, line);
  },
};

async function usesOf({ reader }: Question, templates: readonly string[], before: bigint) {
  const uses: TemplateUse[] = [];
  for (const id of templates) uses.push(...(await reader.usesOf(id, before, uses_max)));
  return uses;
}

function exactly(uses: readonly TemplateUse[], variables: readonly string[]): TemplateUse[] {
  return uses.filter(
    (u) => u.variables.length === variables.length && u.variables.every((value, i) => value === variables[i]),
  );
}

async function exactLine(question: Question, alike: readonly TemplateUse[], line: Line): Promise<Symptom> {
  const { pid, time } = line;
  const uses = pid === undefined || alike.length < 2 ? alike : await ofProcess(question, alike, pid);
  const [chosen, ...others] = nearest(uses, time, uses.length);
  const often =
    uses.length === 1
      ? 'once'
      : `${uses.length} times; ${time === 0n ? 'the newest' : 'the one nearest in time'} is taken`;
  const symptom = await fromUses(
    question,
    [chosen!],
    `log line, printed ${often}${apart(chosen!, time)}`,
    false,
  );
  return { ...symptom, also: await printers(question, others, 'the same line, printed by') };
}

/** Of lines with other values, those that share the rarest ones; with equally rare ones, the nearest in time. */
async function alikeLine(question: Question, uses: readonly TemplateUse[], line: Line): Promise<Symptom> {
  const rarity = line.variables.map((value, i) => {
    const count = uses.filter((u) => u.variables[i] === value).length;
    return count === 0 ? 0 : Math.log2((1 + uses.length) / count);
  });
  const shared = (u: TemplateUse): number =>
    line.variables.reduce((sum, value, i) => sum + (u.variables[i] === value ? rarity[i]! : 0), 0);
  const scores = new Map(uses.map((u) => [u, shared(u)]));
  const best = Math.max(...scores.values());
  const closest = uses.filter((u) => scores.get(u) === best);
  const chosen = nearest(closest, line.time, partial_max);
  const values = line.variables.filter((value, i) => rarity[i]! > 0 && chosen[0]!.variables[i] === value);
  const by = values.length === 0 ? 'nearest' : `nearest with ${values.slice(0, 4).join(', ')}`;
  const how = `log line: its template was printed ${uses.length} times, never with these values; the ${by} ${chosen.length === 1 ? 'is' : `${chosen.length} are`} taken`;
  return await fromUses(question, chosen, how, closest.length > chosen.length);
}

async function printers({ reader }: Question, uses: readonly TemplateUse[], what: string): Promise<string[]> {
  const some = uses.slice(0, others_max);
  const vertices = await reader.vertices([...new Set(some.map((u) => u.emitter))]);
  return vertices.map((v) => `${what} ${v.label} (${v.id})`);
}

/** Those that the process printed that the line names, by its host's or container's number; all where none is. */
async function ofProcess(
  { reader }: Question,
  uses: readonly TemplateUse[],
  pid: number,
): Promise<readonly TemplateUse[]> {
  const emitters = await reader.vertices([...new Set(uses.map((u) => u.emitter))]);
  const processOf = new Map(emitters.map((v) => [v.id, String(v.properties.process ?? v.id)]));
  const processes = await reader.vertices([...new Set(processOf.values())]);
  const named = new Set(
    processes.filter((v) => v.properties.pid === pid || v.properties.namespacePid === pid).map((v) => v.id),
  );
  const own = uses.filter((u) => named.has(processOf.get(u.emitter) ?? ''));
  return own.length > 0 ? own : uses;
}

/** In words where the line was printed at quite another time than it names. */
function apart(use: TemplateUse, time: bigint): string {
  if (time === 0n) return '';
  const away = use.time > time ? use.time - time : time - use.time;
  if (away <= writing_ns_max) return '';
  return `, but not at the time that it names: ${away / 1_000_000_000n} s ${use.time > time ? 'later' : 'earlier'}`;
}

/**
 * Nearest to the line's own time; the newest where it names none. What was printed before that time is another line, or
 * the copy of one, and counts only where nothing was printed soon after.
 */
function nearest(uses: readonly TemplateUse[], time: bigint, count: number): TemplateUse[] {
  const at = time === 0n ? endOfTime : time;
  const away = (u: TemplateUse): bigint =>
    u.time >= at ? u.time - at : at - u.time + (at - u.time > early_ns_max ? writing_ns_max : 0n);
  return [...uses].sort((a, b) => (away(a) < away(b) ? -1 : away(a) > away(b) ? 1 : 0)).slice(0, count);
}
