/**
 * Printed lines by a part of them: a regular expression, a template with its holes, or a few words. All templates of
 * the store are looked at, and the newest lines of each. It must not know who printed them.
 */
import type { TemplateUse, Vertex } from '../../graph-store.ts';
import { regexProgram } from '../../lms/regex/regex-program.ts';
import { RegexRun } from '../../lms/regex/regex-run.ts';
import { RegexRefused } from '../../lms/regex/regex-syntax.ts';
import { renderTemplate } from '../../lms/template.ts';
import { fromUses, type Meaning, matches_max, type Question, type Symptom, SymptomError } from './symptom.ts';

/** The newest that are looked at. */
const templates_max = 20_000;
const usesOfTemplate_default = 1_000;
const lines_max = 50_000;
/** A step stands for some 75 ns. */
const stepsOfLine_max = 20_000;
const words_length_min = 6;
const templatePrefix = 'template:';
const hole = /<(?:num|ip|hex|uuid|time|str)>/;

export type Accepts = (line: string, use: TemplateUse) => boolean;

/** `re:EXPRESSION`, or one between slashes. */
export function regexMeaning(input: string): Meaning | undefined {
  const source = input.startsWith('re:') ? input.slice(3) : /^\/(.+)\/$/s.exec(input)?.[1];
  if (source === undefined) return undefined;
  const how = `regular expression ${source}`;
  return {
    how,
    isCheap: false,
    async find(question) {
      return await linesOf(question, how, acceptsOf(source), () => true);
    },
  };
}

/** A template as answers show it, `<num>` and all. */
export function templateMeaning(input: string): Meaning | undefined {
  if (!hole.test(input)) return undefined;
  return {
    how: 'template',
    isCheap: false,
    find: (question) => linesOf(question, 'template', undefined, (template) => template.includes(input)),
  };
}

/** Some words of a line, as they stand in it. */
export const wordsMeaning: Meaning = {
  how: 'words of a printed line',
  isCheap: false,
  async find(question) {
    const words = question.input.trim();
    if (words.length < words_length_min) return undefined;
    // Words with values in them stand in the lines, but not in the template.
    const constant = question
      .templateOf(words)
      .template.split(/<\w+>|["']/)
      .reduce((longest, part) => (part.length > longest.length ? part : longest), '');
    return await linesOf(
      question,
      `words of a printed line`,
      (line) => line.includes(words),
      (template) => template.includes(constant),
    );
  },
};

/** Throws SymptomError where the source is no expression, or can't be run. */
function acceptsOf(source: string): Accepts {
  try {
    const program = regexProgram(source);
    const run = new RegexRun();
    return (line) => {
      run.steps = stepsOfLine_max;
      return run.run(program, line, 0, false) >= 0;
    };
  } catch (error) {
    if (error instanceof RegexRefused)
      throw new SymptomError(`the expression ${source} can't be run ${error.message}`);
    // What the engine repeats of the source is left out.
    if (error instanceof SyntaxError)
      throw new SymptomError(`${source} is no regular expression: ${error.message.split(': ').at(-1)}`);
    throw error;
  }
}

/** The newest lines that are accepted, of templates that fit; all of those, where nothing is to be accepted. */
export async function linesOf(
  question: Question,
  how: string,
  accepts: Accepts | undefined,
  fits: (template: string) => boolean,
  usesOfTemplate_max = usesOfTemplate_default,
): Promise<Symptom | undefined> {
  const { reader, before } = question;
  const ids = await reader.lookup(`${templatePrefix}*`, templates_max);
  const uses: TemplateUse[] = [];
  let lines = 0;
  let more = ids.length === templates_max;
  for (const vertex of await reader.vertices(ids)) {
    const template = templateOf(vertex);
    if (template === undefined || !fits(template)) continue;
    const printed = await reader.usesOf(vertex.id, before, usesOfTemplate_max);
    more ||= printed.length === usesOfTemplate_max;
    lines += printed.length;
    uses.push(...(accepts === undefined ? printed : printed.filter((u) => accepts(lineOf(template, u), u))));
    if (lines > lines_max) {
      more = true;
      break;
    }
  }
  if (uses.length === 0) return undefined;
  const chosen = uses.sort((a, b) => (a.time > b.time ? -1 : a.time < b.time ? 1 : 0)).slice(0, matches_max);
  const often = uses.length === 1 ? 'in one line' : `in ${uses.length} lines`;
  const cut = chosen.length < uses.length ? `; the newest ${chosen.length} are taken` : '';
  return await fromUses(question, chosen, `${how}, ${often}${cut}`, more || chosen.length < uses.length);
}

/** One that was too long for a term is not known any more. */
function templateOf({ terms }: Vertex): string | undefined {
  return terms.find((t) => t.startsWith(templatePrefix))?.slice(templatePrefix.length);
}

function lineOf(template: string, { variables }: TemplateUse): string {
  try {
    return renderTemplate(template, variables);
  } catch (error) {
    // The template is a cut one.
    if (error instanceof RangeError) return '';
    throw error;
  }
}
