/** How the arguments of a log call become its message, style by style. It must not know which calls log. */
import { conversionOfSpec } from '../language/string-literal.ts';
import type { Expression } from '../source-code.ts';
import type { Style } from '../traits.ts';
import { anything, combined, constantOf, distinct, type Hole, type Message, messageOf } from './message.ts';
import { braceFormat, type PercentDialect, percentFormat, type Values } from './template.ts';

export interface PrintedArgument {
  readonly name?: string | undefined;
  /** Any number of unknown values. */
  readonly isOpen: boolean;
  readonly messages: readonly Message[];
  readonly expression: Expression;
}

type Print = (args: readonly PrintedArgument[]) => readonly Message[];

const tail: readonly Message[] = [anything];
/** Holes in a template survive its formatting as characters of a private plane. */
const hole_code_min = 0xf0000;

export const styles: Readonly<Record<Style, Print>> = {
  plain: (args) => messagesAt(args, 0),
  fields: (args) => (args.length > 1 ? combined([messagesAt(args, 0), tail]) : messagesAt(args, 0)),
  percent: (args) => {
    const positional = args.filter(({ name }) => name === undefined);
    return positional.length < 2 ? messagesAt(positional, 0) : formatted(positional, 'python');
  },
  printf: (args) => formatted(args, 'go'),
  'java-printf': (args) => {
    // A locale may stand first.
    const [first, second] = args;
    const shift = first !== undefined && second !== undefined && !hasText(first) && hasText(second);
    return formatted(shift ? args.slice(1) : args, 'java');
  },
  brace: (args) => (args.length < 2 ? messagesAt(args, 0) : braced(args)),
  psr: (args) => {
    const context = args[1]?.expression;
    const values = context?.kind === 'record' ? context.fields.length : args.length - 1;
    return values === 0 ? messagesAt(args, 0) : combined([braced(args), tail]);
  },
  spaced: (args) => {
    const separator = args.find(({ name }) => name === 'sep')?.messages;
    const positional = args.filter(({ name }) => name === undefined);
    return spaced(positional, separator ?? [[' ']]);
  },
  util,
  pino: (args) => {
    const [first, second] = args;
    if (first === undefined) return [anything];
    const isObject = first.expression.kind === 'record' || (!hasText(first) && args.length > 1);
    if (!isObject) return utilFormatted(args, false);
    return second === undefined ? [anything] : utilFormatted(args.slice(1), false);
  },
  'go-print': (args) => combined(args.map(({ messages }) => messages)),
};

function messagesAt(args: readonly PrintedArgument[], index: number): readonly Message[] {
  const found = args[index];
  return found === undefined ? [[]] : found.messages;
}

function hasText(argument: PrintedArgument): boolean {
  return argument.messages.some((message) => message.some((piece) => typeof piece === 'string'));
}

function valuesOf(args: readonly PrintedArgument[]): Values {
  const named = new Map<string, readonly Message[]>();
  for (const { name, messages, expression } of args) {
    if (name !== undefined) named.set(name, messages);
    else if (expression.kind === 'record') for (const [key] of expression.fields) named.set(key, [anything]);
  }
  const positional = args.filter(({ name, isOpen }) => name === undefined && !isOpen);
  return {
    positional: positional.map(({ messages }) => messages),
    named,
    isOpen: args.some(({ isOpen }) => isOpen),
  };
}

function formatted(args: readonly PrintedArgument[], dialect: PercentDialect): readonly Message[] {
  const values = valuesOf(args.slice(1));
  return onTemplates(messagesAt(args, 0), (template) => percentFormat(template, values, dialect).messages);
}

function braced(args: readonly PrintedArgument[]): readonly Message[] {
  const values = valuesOf(args.slice(1));
  return onTemplates(messagesAt(args, 0), (template) =>
    braceFormat(template, values, false, conversionOfSpec),
  );
}

/** Python's `template % values`. */
export function percentOf(
  templates: readonly Message[],
  args: readonly PrintedArgument[],
): readonly Message[] {
  const values = valuesOf(args);
  return onTemplates(templates, (template) => percentFormat(template, values, 'python').messages);
}

/** `'…'.format(…)`. */
export function braceOf(templates: readonly Message[], args: readonly PrintedArgument[]): readonly Message[] {
  const values = valuesOf(args);
  return onTemplates(templates, (template) => braceFormat(template, values, true, conversionOfSpec));
}

function spaced(args: readonly PrintedArgument[], separator: readonly Message[]): readonly Message[] {
  return combined(
    args.flatMap((each, index) => {
      // Of no values not even the separator is printed.
      if (index === 0 || each.isOpen) return [each.messages];
      return [separator, each.messages];
    }),
  );
}

function util(args: readonly PrintedArgument[]): readonly Message[] {
  return args.length < 2 ? messagesAt(args, 0) : utilFormatted(args, true);
}

function utilFormatted(args: readonly PrintedArgument[], appends: boolean): readonly Message[] {
  const rest = args.slice(1);
  const values = valuesOf(rest);
  return onTemplates(messagesAt(args, 0), (template) => {
    const { messages, used } = percentFormat(template, values, 'util');
    const extra = rest.slice(used);
    if (!appends || extra.length === 0) return messages;
    return combined([
      messages,
      ...extra.flatMap((each) => (each.isOpen ? [each.messages] : [[[' ']], each.messages])),
    ]);
  });
}

/** Formats each template as a text in which its holes are single characters. */
function onTemplates(
  templates: readonly Message[],
  format: (template: string) => readonly Message[],
): readonly Message[] {
  const all = templates.flatMap((template) => {
    if (constantOf(template) !== undefined) return format(constantOf(template)!);
    const holes: Hole[] = [];
    const text = template
      .map((piece) => {
        if (typeof piece === 'string') return piece;
        holes.push(piece);
        return String.fromCodePoint(hole_code_min + holes.length - 1);
      })
      .join('');
    return format(text).map((message) => message.flatMap((piece) => withHoles(piece, holes)));
  });
  return distinct(all);
}

function withHoles(piece: Message[number], holes: readonly Hole[]): Message {
  if (typeof piece !== 'string') return [piece];
  return [...piece.matchAll(/[\u{f0000}-\u{fffff}]|[^\u{f0000}-\u{fffff}]+/gsu)].flatMap(([part]) => {
    const hole = holes[part.codePointAt(0)! - hole_code_min];
    return hole === undefined ? messageOf(part) : [hole];
  });
}
