/**
 * Which calls print, what, and which functions of the program forward a parameter into what is printed (log functions
 * of its own, to depth BT). It must not know control flow.
 */

import { callsOf, parametersOf } from '../program/call.ts';
import type { Program } from '../program/declaration.ts';
import type { Meanings } from '../program/meaning.ts';
import type { FunctionInfo, Scope } from '../program/symbol.ts';
import type { CallExpression, Expression } from '../source-code.ts';
import type { LogCall } from '../traits.ts';
import type { Evaluator, Frame } from './evaluator.ts';
import { anything, constantOf, linesOf, type Message, trimmed } from './message.ts';

/** `whole`: the parameter is all that is printed. */
export type Forwarding = ReadonlyMap<string, 'whole' | 'part'>;

export interface Printed {
  readonly logCall: LogCall;
  readonly lmgf: string;
  /** Alternatives of what is printed, each as lines. */
  readonly alternatives: readonly (readonly Message[])[];
}

const none: Forwarding = new Map();

export class LogFinder {
  readonly #program: Program;
  readonly #meanings: Meanings;
  readonly #evaluator: Evaluator;
  readonly #rows = new Map<CallExpression, readonly [LogCall, string] | null>();
  readonly #forwarding = new Map<FunctionInfo, Map<string, 'whole' | 'part'>>();

  constructor(program: Program, meanings: Meanings, evaluator: Evaluator, bt: number) {
    this.#program = program;
    this.#meanings = meanings;
    this.#evaluator = evaluator;
    const calls = program.functions.map((each) => [each, callsOf(each)] as const);
    // Round by round, so that the n-th finds what is n callers away from a log call.
    for (let round = 0; round < bt; round++) {
      const found = calls.map(([each, own]) => [each, this.#forwarded(each, own)] as const);
      if (!found.map(([each, marks]) => this.#mark(each, marks)).includes(true)) break;
    }
  }

  forwardingOf(function_: FunctionInfo): Forwarding {
    return this.#forwarding.get(function_) ?? none;
  }

  /** Undefined where the call prints nothing. */
  printed(call: CallExpression, scope: Scope, frame: Frame | undefined): Printed | undefined {
    const row = this.#rowOf(call, scope);
    if (row === undefined) return undefined;
    const [logCall, lmgf] = row;
    const messages = this.#messages(logCall, call, scope, frame);
    const alternatives = messages.map((message) =>
      logCall.isLines === true ? linesOf(message) : [trimmed(message)].filter((line) => line.length > 0),
    );
    return { logCall, lmgf, alternatives };
  }

  #messages(
    logCall: LogCall,
    call: CallExpression,
    scope: Scope,
    frame: Frame | undefined,
  ): readonly Message[] {
    const { keyword } = logCall;
    const named = call.arguments.find(({ name }) => keyword !== undefined && name === keyword);
    if (named !== undefined) return this.#evaluator.evaluate(named.value, scope, frame);
    return this.#evaluator.print(logCall.style, call, logCall.message ?? 0, scope, frame);
  }

  #rowOf(call: CallExpression, scope: Scope): readonly [LogCall, string] | undefined {
    const known = this.#rows.get(call);
    if (known !== undefined) return known ?? undefined;
    const row = this.#findRow(call, scope);
    this.#rows.set(call, row ?? null);
    return row;
  }

  #findRow(call: CallExpression, scope: Scope): readonly [LogCall, string] | undefined {
    if (call.isNew) return undefined;
    const meanings = this.#meanings.of(call.callee, scope);
    const paths = meanings.flatMap((meaning) => (meaning.kind === 'outside' ? [meaning.path] : []));
    // Made by something outside in ways that are not followed: it still has its name.
    if (paths.length === meanings.length) paths.push(...namePath(call.callee));
    for (const logCall of this.#program.traits.logCalls) {
      for (const path of paths) {
        const match = logCall.callee.exec(path);
        if (match === null || !this.#fits(logCall, call, scope)) continue;
        const [, first = '', second = ''] = match;
        // `console[level]`: any of its methods.
        return [logCall, logCall.lmgf.replace('$1', first.replace('[]', '*')).replace('$2', second)];
      }
    }
    return undefined;
  }

  #fits({ only }: LogCall, call: CallExpression, scope: Scope): boolean {
    if (only === undefined) return true;
    const value = call.arguments[only.argument]?.value;
    if (value === undefined) return false;
    const text = this.#evaluator.evaluate(value, scope, undefined).map(constantOf).find(Boolean);
    return (
      only.path.test(this.#meanings.pathOf(value, scope)) || (text !== undefined && only.path.test(text))
    );
  }

  /** The parameters that reach a message, and whether they are the whole of it. */
  #forwarded(
    function_: FunctionInfo,
    calls: readonly CallExpression[],
  ): readonly (readonly [string, boolean])[] {
    if (function_.definition.parameters.length === 0) return [];
    const frame = symbolic(function_);
    return calls.flatMap((call) =>
      this.#reaching(call, function_.scope, frame).flatMap((message) =>
        message.flatMap((piece): (readonly [string, boolean])[] =>
          typeof piece === 'string' || piece.parameter === undefined
            ? []
            : [[piece.parameter, message.length === 1]],
        ),
      ),
    );
  }

  /** Whether anything was new. */
  #mark(function_: FunctionInfo, marks: readonly (readonly [string, boolean])[]): boolean {
    const own = this.#forwarding.get(function_) ?? new Map<string, 'whole' | 'part'>();
    let isNew = false;
    for (const [parameter, isWhole] of marks) {
      const how = isWhole ? 'whole' : (own.get(parameter) ?? 'part');
      isNew ||= own.get(parameter) !== how;
      own.set(parameter, how);
    }
    if (isNew) this.#forwarding.set(function_, own);
    return isNew;
  }

  /** What a call prints, or passes on to a function that prints it. */
  #reaching(call: CallExpression, scope: Scope, frame: Frame): readonly Message[] {
    const row = this.#rowOf(call, scope);
    if (row !== undefined) return this.#messages(row[0], call, scope, frame);
    return this.#meanings.targetsOf(call, scope).flatMap((target) => {
      const forwarding = this.forwardingOf(target);
      if (forwarding.size === 0) return [];
      const { bindings, rest } = this.#evaluator.bind(call, target, scope, frame);
      return parametersOf(target, call).flatMap(({ name }) => {
        const how = forwarding.get(name);
        if (how === undefined) return [];
        const passed = bindings.get(name) ?? (rest.get(name) ?? []).flatMap(({ messages }) => messages);
        return how === 'whole' ? passed : passed.map((message) => [...message, ...anything]);
      });
    });
  }
}

/** `?log.info` of `self.log.info`. */
function namePath(callee: Expression): string[] {
  if (callee.kind !== 'member') return [];
  const { object, name } = callee;
  return object.kind === 'member' || object.kind === 'name' ? [`?${object.name}.${name}`] : [];
}

function symbolic(function_: FunctionInfo): Frame {
  const { parameters } = function_.definition;
  const hole = (parameter: string): readonly Message[] => [[{ conversion: '%s', parameter }]];
  const plain = parameters.filter(({ isRest }) => isRest !== true);
  const open = parameters.filter(({ isRest }) => isRest === true);
  return {
    function: function_,
    bindings: new Map(plain.map(({ name }) => [name, hole(name)])),
    rest: new Map(
      open.map(({ name }) => [
        name,
        [{ isOpen: true, messages: hole(name), expression: { kind: 'name', name } }],
      ]),
    ),
  };
}
