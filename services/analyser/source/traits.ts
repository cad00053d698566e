/** What differs between the languages besides syntax. It must not know any one of them. */
import type { Grammar } from './syntax/grammar.ts';

export type Language = 'python' | 'javascript' | 'go' | 'php' | 'java';

/** How the arguments of a call become the text that is printed. */
export type Style =
  /** Python's logging: `%` with the arguments, where there are any. */
  | 'percent'
  /** printf of Go and PHP. */
  | 'printf'
  /** printf of Java: `%n` and argument indexes too. */
  | 'java-printf'
  /** `{}`, `{0}` and `{name}` are the holes, as in loguru, slf4j, and JUL. */
  | 'brace'
  /** As brace, with the context behind it by some formatters: PSR-3. */
  | 'psr'
  /** A message; whatever else is passed is appended by some formatters. */
  | 'fields'
  /** A message alone. */
  | 'plain'
  /** Joined by spaces, or by `sep`. */
  | 'spaced'
  /** util.format of Node. */
  | 'util'
  /** As util.format, but an object may stand first and further arguments are dropped. */
  | 'pino'
  /** Go's Print: a space between operands where neither is a text. */
  | 'go-print';

export interface LogCall {
  /** Matched against the callee's path: see `Meanings`. */
  readonly callee: RegExp;
  /** What the LMS says it was printed by: `$1` is the first group. */
  readonly lmgf: string;
  readonly style: Style;
  /** Index of the argument that the message begins at. */
  readonly message?: number;
  /** Or its name. */
  readonly keyword?: string;
  /** Other argument values that decide: `fwrite` to standard error. */
  readonly only?: { readonly argument: number; readonly path: RegExp };
  /** The line breaks in the text make lines of their own. */
  readonly isLines?: boolean;
  /** Does not return: `log.Fatal`. */
  readonly exits?: boolean;
}

export interface Formatter {
  readonly callee: RegExp;
  readonly style: Style;
  readonly message?: number;
  /** The receiver is the template: `'…'.format(…)`. */
  readonly ofReceiver?: boolean;
}

/** What happens with functions that are passed to something outside of the program. */
export interface Registrar {
  readonly callee: RegExp;
  readonly role: Role;
}

export type Role =
  /** One turn of the event loop each. */
  | 'handler'
  /** Runs in the turn, before (after) the handler. */
  | 'before'
  | 'after'
  /** Runs again and again before the call returns. */
  | 'now'
  /** Runs after the enclosing function has left. */
  | 'later'
  /** Runs beside. */
  | 'thread';

export interface Traits {
  readonly language: Language;
  readonly extensions: Readonly<Record<string, Grammar>>;
  readonly logCalls: readonly LogCall[];
  readonly formatters: readonly Formatter[];
  /** Calls after which nothing follows. */
  readonly exits: RegExp;
  /** Calls that hand control to the event loop, for as long as it goes well. */
  readonly serves: RegExp;
  /** Names of the language that stand for a text. */
  readonly constants: Readonly<Record<string, string>>;
  readonly syscalls: readonly { readonly callee: RegExp; readonly name: string }[];
  readonly registrars: readonly Registrar[];
  readonly decorators: readonly Registrar[];
  /** Methods of classes with such a base are handlers. */
  readonly handlerBases: RegExp;
  readonly handlerMethods: RegExp;
  /** A function of that name that nobody in the program calls is a handler. */
  readonly handlerNames: RegExp;
  /** Where the program begins, besides the modules that nobody imports. */
  readonly mainNames: RegExp;
  readonly constructorName: (className: string) => string;
  readonly membersInScope: boolean;
  /** Calls may throw. */
  readonly throws: boolean;
  /** Files with the same key share one scope. */
  readonly sharedScope: (path: string) => string | undefined;
  /** The paths of the files that an import may mean, best first, without extension. */
  readonly modulePaths: (from: string, module: string, name: string | undefined) => readonly string[];
}
