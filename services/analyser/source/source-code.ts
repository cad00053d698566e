/**
 * What the analysis needs of a program in any of the languages: statements and expressions in the order in which they
 * run. Each language is lowered to this; nothing after it knows a language's syntax. It must not know logging.
 */
import type { Position } from './syntax/line-table.ts';

export interface Argument {
  readonly name?: string;
  /** `*args`, `...args`: an unknown number of values. */
  readonly spread?: boolean;
  readonly value: Expression;
}

export type Expression =
  | { readonly kind: 'constant'; readonly text: string; readonly isText: boolean }
  /** Texts put one behind the other. */
  | { readonly kind: 'join'; readonly parts: readonly Expression[] }
  /** A value printed by a conversion of printf, inside of a join. */
  | { readonly kind: 'converted'; readonly conversion: string; readonly value: Expression }
  /** Python's `%`. */
  | { readonly kind: 'format'; readonly template: Expression; readonly values: Expression }
  /** One of the options, after the test. */
  | { readonly kind: 'choice'; readonly test: Expression; readonly options: readonly Expression[] }
  /** The first, or after it the second: `a || b`. */
  | { readonly kind: 'either'; readonly first: Expression; readonly second: Expression }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly object: Expression; readonly name: string }
  | CallExpression
  | { readonly kind: 'function'; readonly definition: FunctionDefinition }
  | { readonly kind: 'record'; readonly fields: readonly (readonly [string, Expression])[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  /** `declares`: the target is a new variable of the innermost function. */
  | {
      readonly kind: 'assign';
      readonly target: Expression;
      readonly value: Expression;
      readonly declares: boolean;
    }
  /** Evaluated in order, to something unknown. */
  | { readonly kind: 'unknown'; readonly parts: readonly Expression[] };

export interface CallExpression {
  readonly kind: 'call';
  readonly callee: Expression;
  readonly arguments: readonly Argument[];
  readonly isNew: boolean;
  /** Something is done with the result, or it is waited for. */
  readonly isUsed: boolean;
  readonly at: Position;
}

export interface SwitchCase {
  /** Empty for the default. */
  readonly tests: readonly Expression[];
  readonly body: readonly Statement[];
  readonly isDefault: boolean;
  /** Runs on into the next case unless it breaks. */
  readonly falls: boolean;
}

export type Statement =
  | { readonly kind: 'evaluate'; readonly value: Expression }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | {
      readonly kind: 'if';
      readonly test: Expression;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | LoopStatement
  | {
      readonly kind: 'switch';
      readonly subject: Expression;
      readonly cases: readonly SwitchCase[];
      /** A break in it leaves the loop around it. */
      readonly ignoresBreak?: boolean;
    }
  | TryStatement
  | { readonly kind: 'return'; readonly value: Expression | undefined }
  | { readonly kind: 'throw'; readonly value: Expression | undefined }
  /** Levels out: 1 is the innermost loop (or, for a break, switch). */
  | { readonly kind: 'break' | 'continue'; readonly label?: string | undefined; readonly levels?: number }
  | { readonly kind: 'define'; readonly definition: FunctionDefinition }
  | { readonly kind: 'class'; readonly definition: ClassDefinition }
  | { readonly kind: 'import'; readonly imports: readonly Import[] }
  /** Runs when the function is left. */
  | { readonly kind: 'defer'; readonly value: Expression };

export interface LoopStatement {
  readonly kind: 'loop';
  readonly before: readonly Expression[];
  readonly test: Expression | undefined;
  readonly after: readonly Expression[];
  readonly body: readonly Statement[];
  /** Python's `else`: runs when the loop ends without a break. */
  readonly otherwise: readonly Statement[];
  /** Left by a break alone. */
  readonly isEndless: boolean;
  readonly testsLast: boolean;
  readonly label?: string | undefined;
}

export interface TryStatement {
  readonly kind: 'try';
  readonly body: readonly Statement[];
  readonly handlers: readonly (readonly Statement[])[];
  /** Whether a handler takes whatever is thrown. */
  readonly catchesAll: boolean;
  readonly otherwise: readonly Statement[];
  readonly finally: readonly Statement[];
}

export interface Parameter {
  readonly name: string;
  readonly type?: Expression | undefined;
  readonly initial?: Expression | undefined;
  /** Takes what is left over. */
  readonly isRest?: boolean;
}

export interface FunctionDefinition {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
  readonly at: Position;
  /** Decorators or annotations. */
  readonly decorators: readonly Expression[];
  /** Go: the type that it is a method of, and what the body calls it. */
  readonly receiver?: { readonly type: string; readonly name: string };
}

export interface ClassDefinition {
  readonly name: string;
  readonly bases: readonly Expression[];
  readonly methods: readonly FunctionDefinition[];
  /** With its value, or what it is an instance of. */
  readonly fields: readonly (readonly [string, Expression])[];
  readonly decorators: readonly Expression[];
  readonly at: Position;
}

export interface Import {
  /** Undefined: everything that the module has comes into scope. */
  readonly local: string | undefined;
  /** As written: `./x`, `.x`, `a.b`, `github.com/a/b`. */
  readonly module: string;
  /** What of the module; undefined for the module itself. */
  readonly name: string | undefined;
}

/** One file. */
export interface Module {
  readonly path: string;
  readonly body: readonly Statement[];
}

/** A value that is only known to be of a type. */
export function instanceOf(type: Expression, at: Position): Expression {
  return { kind: 'call', callee: type, arguments: [], isNew: true, isUsed: true, at };
}

export const nothing: Expression = { kind: 'unknown', parts: [] };
