/**
 * The texts that an expression can be: constants followed through variables, ternaries, tables and functions, holes
 * for all else. Flow-insensitive: a variable is any of the values that it is given. It must not know what logs.
 */

import { parametersOf } from '../program/call.ts';
import type { Program } from '../program/declaration.ts';
import { type Meanings, returnsOf } from '../program/meaning.ts';
import { type FunctionInfo, lookUp, type Scope, type Variable } from '../program/symbol.ts';
import type { CallExpression, Expression } from '../source-code.ts';
import { alternatives_max, type Budget } from '../source-limit.ts';
import type { Style } from '../traits.ts';
import { anything, combined, constantOf, distinct, type Message, messageOf } from './message.ts';
import { braceOf, type PrintedArgument, percentOf, styles } from './style.ts';

/** What the parameters of one function are taken to be. */
export interface Frame {
  readonly function: FunctionInfo;
  readonly bindings: ReadonlyMap<string, readonly Message[]>;
  /** Of a parameter that takes what is left over. */
  readonly rest: ReadonlyMap<string, readonly PrintedArgument[]>;
}

const depth_max = 16;
/** Steps of one evaluation: what takes more is a hole. */
const steps_max = 2_000;
/** Evaluations within one another, those of arguments included. */
const nesting_max = 40;

export class Evaluator {
  readonly #program: Program;
  readonly #meanings: Meanings;
  readonly #budget: Budget;
  readonly #active = new Set<Variable>();
  #nesting = 0;
  #steps = 0;

  constructor(program: Program, meanings: Meanings, budget: Budget) {
    this.#program = program;
    this.#meanings = meanings;
    this.#budget = budget;
  }

  evaluate(expression: Expression, scope: Scope, frame: Frame | undefined, depth = 0): readonly Message[] {
    this.#budget.step();
    if (this.#nesting === 0) this.#steps = 0;
    if (depth > depth_max || this.#nesting > nesting_max || ++this.#steps > steps_max) return [anything];
    this.#nesting++;
    try {
      return this.#evaluate(expression, scope, frame, depth);
    } finally {
      this.#nesting--;
    }
  }

  #evaluate(
    expression: Expression,
    scope: Scope,
    frame: Frame | undefined,
    depth: number,
  ): readonly Message[] {
    const inner = (each: Expression) => this.evaluate(each, scope, frame, depth + 1);
    switch (expression.kind) {
      case 'constant':
        return [messageOf(expression.text)];
      case 'join':
        return combined(expression.parts.map(inner));
      case 'converted':
        return [[{ conversion: expression.conversion }]];
      case 'format':
        return percentOf(inner(expression.template), this.#formatValues(expression.values, scope, frame));
      case 'choice':
        return distinct(expression.options.flatMap(inner));
      case 'either':
        return distinct([...inner(expression.first), ...inner(expression.second)]);
      case 'assign':
        return inner(expression.value);
      case 'name':
        return this.#name(expression.name, scope, frame, depth);
      case 'member':
        return this.#member(expression, scope, depth);
      case 'call':
        return this.#call(expression, scope, frame, depth);
      default:
        return [anything];
    }
  }

  /** The messages that a call of that style prints. */
  print(
    style: Style,
    call: CallExpression,
    from: number,
    scope: Scope,
    frame: Frame | undefined,
  ): readonly Message[] {
    return styles[style](this.arguments(call, scope, frame).slice(from));
  }

  arguments(call: CallExpression, scope: Scope, frame: Frame | undefined): readonly PrintedArgument[] {
    return call.arguments.flatMap(({ name, spread, value }): readonly PrintedArgument[] => {
      if (spread !== true) {
        const messages = this.evaluate(value, scope, frame);
        return [{ name, isOpen: false, messages, expression: value }];
      }
      if (value.kind === 'list') {
        return value.items.map((item) => ({
          isOpen: false,
          messages: this.evaluate(item, scope, frame),
          expression: item,
        }));
      }
      const bound =
        value.kind === 'name' && scope.function === frame?.function ? frame?.rest.get(value.name) : undefined;
      return bound ?? [{ isOpen: true, messages: [anything], expression: value }];
    });
  }

  #formatValues(values: Expression, scope: Scope, frame: Frame | undefined): readonly PrintedArgument[] {
    const items = values.kind === 'list' ? values.items : [values];
    return items.map((expression) => ({
      // A name may be a tuple of any length.
      isOpen: values.kind === 'name',
      messages: this.evaluate(expression, scope, frame),
      expression,
    }));
  }

  #name(name: string, scope: Scope, frame: Frame | undefined, depth: number): readonly Message[] {
    const found = lookUp(scope, name);
    if (found === undefined) return [this.#constant(name)];
    const [variable, owner] = found;
    if (this.#active.has(variable)) return [anything];
    const ways: (readonly Message[])[] = [];
    if (variable.isParameter) {
      const bound = owner.function === frame?.function ? frame?.bindings.get(name) : undefined;
      ways.push(bound ?? [anything]);
    }
    if (variable.values.length > alternatives_max) return [anything];
    this.#active.add(variable);
    try {
      for (const { expression, scope: at } of variable.values) {
        ways.push(
          this.evaluate(expression, at, at.function === frame?.function ? frame : undefined, depth + 1),
        );
      }
      for (const { from, import: each } of variable.imports) {
        const [module] = this.#meanings.importedModules(from, each.module, each.name);
        const values =
          module?.exports.get(each.name ?? '*') ??
          (module && lookUp(module.scope, each.name ?? '')?.[0].values) ??
          [];
        for (const valued of values) {
          ways.push(this.evaluate(valued.expression, valued.scope, undefined, depth + 1));
        }
      }
    } finally {
      this.#active.delete(variable);
    }
    if (ways.length > 0) return distinct(ways.flat());
    return [this.#constant(this.#meanings.pathOf({ kind: 'name', name }, scope))];
  }

  #constant(path: string): Message {
    const { constants } = this.#program.traits;
    return Object.hasOwn(constants, path) ? messageOf(constants[path]!) : anything;
  }

  /** A constant of a record, a class or a module; with `[]`, any of them. */
  #member(
    expression: Extract<Expression, { kind: 'member' }>,
    scope: Scope,
    depth: number,
  ): readonly Message[] {
    const { object, name } = expression;
    const known = this.#constant(this.#meanings.pathOf(expression, scope));
    if (known !== anything) return [known];
    const ways = this.#meanings.of(object, scope).flatMap((meaning): readonly Message[] => {
      if (meaning.kind === 'record') {
        const fields = meaning.fields.filter(([key]) => key === name || name === '[]');
        return fields.flatMap(([, value]) => this.evaluate(value, meaning.scope, undefined, depth + 1));
      }
      const values =
        meaning.kind === 'class' || meaning.kind === 'instance'
          ? meaning.class.fields.get(name)
          : meaning.kind === 'module'
            ? (meaning.module.exports.get(name) ?? lookUp(meaning.module.scope, name)?.[0].values)
            : undefined;
      return (values ?? []).flatMap((valued) =>
        this.evaluate(valued.expression, valued.scope, undefined, depth + 1),
      );
    });
    const isKnown = ways.length > 0 && ways.every((way) => constantOf(way) !== undefined);
    return isKnown ? distinct(ways) : [anything];
  }

  #call(call: CallExpression, scope: Scope, frame: Frame | undefined, depth: number): readonly Message[] {
    const { callee } = call;
    if (callee.kind === 'member' && callee.name === 'format' && this.#program.traits.language === 'python') {
      const templates = this.evaluate(callee.object, scope, frame, depth + 1);
      if (templates.some((template) => template.some((piece) => typeof piece === 'string'))) {
        return braceOf(templates, this.arguments(call, scope, frame));
      }
    }
    const path = this.#meanings.pathOf(callee, scope);
    const formatter = this.#program.traits.formatters.find((each) => each.callee.test(path));
    if (formatter !== undefined) {
      if (formatter.ofReceiver !== true) {
        return this.print(formatter.style, call, formatter.message ?? 0, scope, frame);
      }
      if (callee.kind === 'member') {
        const template = { isOpen: false, expression: callee.object };
        const messages = this.evaluate(callee.object, scope, frame, depth + 1);
        return styles[formatter.style]([{ ...template, messages }, ...this.arguments(call, scope, frame)]);
      }
    }
    if (call.isNew) return [anything];
    return this.#returned(call, scope, frame, depth);
  }

  /** What a function of the program returns, with the arguments put in. */
  #returned(call: CallExpression, scope: Scope, frame: Frame | undefined, depth: number): readonly Message[] {
    const targets = this.#meanings.targetsOf(call, scope);
    if (targets.length === 0 || depth > depth_max / 4) return [anything];
    const ways = targets.flatMap((target) => {
      const values = returnsOf(target);
      if (values.length === 0) return [anything];
      const bound = this.bind(call, target, scope, frame);
      return values.flatMap((value) => this.evaluate(value, target.scope, bound, depth + 4));
    });
    return distinct(ways);
  }

  /** The frame of the function that is called. */
  bind(call: CallExpression, target: FunctionInfo, scope: Scope, frame: Frame | undefined): Frame {
    const args = this.arguments(call, scope, frame);
    const bindings = new Map<string, readonly Message[]>();
    const rest = new Map<string, readonly PrintedArgument[]>();
    const parameters = parametersOf(target, call);
    for (const [index, parameter] of parameters.entries()) {
      if (parameter.isRest === true) {
        rest.set(parameter.name, args.slice(index));
        break;
      }
      const given = args.find(({ name }) => name === parameter.name) ?? args[index];
      if (args.slice(0, index + 1).some(({ isOpen }) => isOpen)) continue;
      if (given !== undefined && (given.name === undefined || given.name === parameter.name)) {
        bindings.set(parameter.name, given.messages);
      } else if (parameter.initial !== undefined) {
        bindings.set(parameter.name, this.evaluate(parameter.initial, target.scope, undefined));
      }
    }
    return { function: target, bindings, rest };
  }
}
