/**
 * Copies of functions: one for all callers, and one more for each caller that passes a log function of the program
 * its text, to depth BT. It must not know how a function's blocks are built.
 */
import type { Evaluator, Frame } from '../message/evaluator.ts';
import type { LogFinder } from '../message/log-finder.ts';
import type { Message } from '../message/message.ts';
import { parametersOf } from '../program/call.ts';
import type { FunctionInfo, Scope } from '../program/symbol.ts';
import type { CallExpression } from '../source-code.ts';

/** Where the text comes from that a log function of the program prints. */
export interface Origin {
  readonly address: string;
  readonly function: string;
}

export interface Copy {
  readonly index: number;
  readonly function: FunctionInfo;
  readonly frame: Frame | undefined;
  readonly origin: Origin | undefined;
  /** How many log functions of the program are being passed through. */
  readonly depth: number;
}

export class CopyTable {
  readonly copies: Copy[] = [];
  readonly #byKey = new Map<string, Copy>();
  readonly #evaluator: Evaluator;
  readonly #finder: LogFinder;
  readonly #bt: number;

  constructor(evaluator: Evaluator, finder: LogFinder, bt: number) {
    this.#evaluator = evaluator;
    this.#finder = finder;
    this.#bt = bt;
  }

  plain(function_: FunctionInfo): Copy {
    return this.#get(`${function_.id}`, function_, undefined, undefined, 0);
  }

  /** The copy that a call runs. */
  called(call: CallExpression, target: FunctionInfo, scope: Scope, caller: Copy, here: Origin): Copy {
    const forwarding = this.#finder.forwardingOf(target);
    if (forwarding.size === 0 || caller.depth >= this.#bt) return this.plain(target);
    const frame = this.#evaluator.bind(call, target, scope, caller.frame);
    const bindings = new Map<string, readonly Message[]>();
    const { rest } = frame;
    let gives = false;
    for (const { name } of parametersOf(target, call)) {
      const how = forwarding.get(name);
      if (how === undefined) continue;
      const bound = frame.bindings.get(name);
      const spread = frame.rest.get(name);
      const messages = bound ?? spread?.flatMap((each) => each.messages) ?? [];
      gives ||= messages.some((message) => isMessage(message, how));
      if (bound !== undefined) bindings.set(name, bound);
    }
    if (!gives) return this.plain(target);
    const origin = caller.origin ?? here;
    const shown = [...rest].map(([name, args]) => [name, args.map(({ messages }) => messages)]);
    const key = JSON.stringify([target.id, origin.address, [...bindings], shown]);
    const bound: Frame = { function: target, bindings, rest };
    return this.#get(key, target, bound, origin, caller.depth + 1);
  }

  #get(
    key: string,
    function_: FunctionInfo,
    frame: Frame | undefined,
    origin: Origin | undefined,
    depth: number,
  ): Copy {
    let copy = this.#byKey.get(key);
    if (copy === undefined) {
      copy = { index: this.copies.length, function: function_, frame, origin, depth };
      this.#byKey.set(key, copy);
      this.copies.push(copy);
    }
    return copy;
  }
}

/** A text and not a value: the whole of what is printed and a word at least, or words with space between. */
function isMessage(message: Message, how: 'whole' | 'part'): boolean {
  const constants = message.filter((piece) => typeof piece === 'string');
  const pattern = how === 'whole' ? /[A-Za-z]{4}|\w\s|\s\w/ : /\w\W*\s\W*\w|\w\s$|^\s\w/;
  return constants.some((piece) => pattern.test(piece));
}
