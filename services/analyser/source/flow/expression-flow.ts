/** The events of an expression in the order of its evaluation. It must not know statements. */
import type { Printed } from '../message/log-finder.ts';
import { type Message, normalForm } from '../message/message.ts';
import { instantiated } from '../program/instantiated.ts';
import type { FunctionInfo, Scope } from '../program/symbol.ts';
import { operandsOf } from '../program/walk.ts';
import type { CallExpression, Expression } from '../source-code.ts';
import type { Role } from '../traits.ts';
import type { Copy, Origin } from './copy-table.ts';
import type { Exits } from './exits.ts';
import type { FlowContext } from './flow-context.ts';
import type { GraphBuilder } from './graph.ts';

export class ExpressionFlow {
  /** What runs when the function is left. */
  readonly deferred: (() => void)[] = [];
  readonly #graph: GraphBuilder;
  readonly #exits: Exits;
  readonly #copy: Copy;
  readonly #context: FlowContext;
  readonly #scope: Scope;
  /** The block that a throw from its beginning is known to leave. */
  #thrownFrom: number | undefined;

  constructor(graph: GraphBuilder, exits: Exits, copy: Copy, context: FlowContext) {
    this.#graph = graph;
    this.#exits = exits;
    this.#copy = copy;
    this.#context = context;
    this.#scope = copy.function.scope;
  }

  visit(expression: Expression): void {
    const graph = this.#graph;
    switch (expression.kind) {
      case 'constant':
      case 'name':
      case 'function':
        return;
      case 'choice': {
        this.visit(expression.test);
        const { at } = graph;
        if (at === undefined) return;
        const after = graph.block();
        for (const option of expression.options) {
          graph.at = graph.block();
          graph.link(at, graph.at);
          this.visit(option);
          graph.link(graph.at, after);
        }
        graph.at = after;
        return;
      }
      case 'either':
        this.visit(expression.first);
        graph.maybe(() => this.visit(expression.second));
        return;
      case 'call':
        this.#call(expression);
        return;
      case 'member':
      case 'unknown':
        for (const part of operandsOf(expression)) this.visit(part);
        this.#mayThrow();
        return;
      default:
        for (const part of operandsOf(expression)) this.visit(part);
    }
  }

  throw(): void {
    const { at } = this.#graph;
    for (const target of this.#exits.throwTargets()) this.#graph.link(at, target);
    this.#graph.at = undefined;
  }

  /** One of the copies runs; it may throw. */
  call(copies: readonly Copy[]): void {
    const graph = this.#graph;
    if (graph.at === undefined || copies.length === 0) return;
    if (this.#context.traits.throws) {
      const before = graph.at;
      const thrown = graph.block();
      graph.link(before, thrown);
      graph.blocks[thrown]!.events.push({
        kind: 'call',
        targets: copies.map(({ index }) => ({ copy: index, outcome: 'throws' })),
      });
      for (const target of this.#exits.throwTargets()) graph.link(thrown, target);
      graph.at = before;
      graph.cut();
    }
    graph.event({ kind: 'call', targets: copies.map(({ index }) => ({ copy: index, outcome: 'returns' })) });
  }

  #mayThrow(): void {
    const { at } = this.#graph;
    if (!this.#context.traits.throws || at === undefined) return;
    if (this.#thrownFrom === at && this.#graph.blocks[at]!.events.length === 0) return;
    for (const target of this.#exits.throwTargets()) this.#graph.link(at, target);
    this.#thrownFrom = this.#graph.cut();
  }

  #call(call: CallExpression): void {
    const { traits, finder, meanings, counts } = this.#context;
    const { callee } = call;
    if (callee.kind === 'member') this.visit(callee.object);
    else if (callee.kind !== 'name') this.visit(callee);
    for (const { value } of call.arguments) this.visit(value);
    if (this.#graph.at === undefined) return;
    counts.calls++;
    const printed = finder.printed(call, this.#scope, this.#copy.frame);
    if (printed !== undefined) {
      this.#print(call, printed);
      return;
    }
    const paths = this.#pathsOf(call);
    if (paths.some((path) => traits.exits.test(path))) {
      this.#graph.at = undefined;
      return;
    }
    const syscall = traits.syscalls.find((each) => paths.some((path) => each.callee.test(path)));
    if (syscall !== undefined) this.#graph.event({ kind: 'syscall', name: syscall.name });
    // It may fail to start, and then control goes on.
    if (paths.some((path) => traits.serves.test(path))) {
      this.#graph.maybe(() => this.#graph.event({ kind: 'serve' }));
    }
    const targets = meanings.targetsOf(call, this.#scope);
    if (targets.length > 0) {
      const here = this.#origin(call);
      for (const target of targets) target.isCalled = true;
      this.call(
        targets.map((target) => this.#context.copies.called(call, target, this.#scope, this.#copy, here)),
      );
      return;
    }
    if (!instantiated(call, this.#scope, meanings)) {
      counts.unresolvedCalls++;
      this.#passOn(call, paths);
    }
    this.#mayThrow();
  }

  #pathsOf(call: CallExpression): readonly string[] {
    return this.#context.meanings
      .of(call.callee, this.#scope)
      .flatMap((meaning) => (meaning.kind === 'outside' ? [meaning.path] : []));
  }

  #origin(call: CallExpression): Origin {
    const { function: own } = this.#copy;
    return { address: this.#context.address(own, call.at), function: own.name };
  }

  #print(call: CallExpression, { logCall, lmgf, alternatives }: Printed): void {
    const graph = this.#graph;
    this.#context.counts.logCalls++;
    const here = this.#origin(call);
    // The text is the caller's where it was passed in.
    const { origin } = this.#copy;
    const isPassed = origin !== undefined && this.#usesBinding(call);
    const at = isPassed ? origin : here;
    const site = (message: Message) =>
      this.#context.site({ address: at.address, text: normalForm(message), function: at.function, lmgf });
    const single = alternatives.every((lines) => lines.length === 1);
    if (single && alternatives.length > 0) {
      graph.event({ kind: 'log', sites: [...new Set(alternatives.map(([line]) => site(line!)))] });
    } else {
      const from = graph.at!;
      const after = graph.block();
      for (const lines of alternatives) {
        graph.at = graph.block();
        graph.link(from, graph.at);
        for (const line of lines) graph.event({ kind: 'log', sites: [site(line)] });
        graph.link(graph.at, after);
      }
      graph.at = after;
    }
    if (logCall.exits === true) graph.at = undefined;
  }

  #usesBinding(call: CallExpression): boolean {
    const names = new Set([
      ...(this.#copy.frame?.bindings.keys() ?? []),
      ...(this.#copy.frame?.rest.keys() ?? []),
    ]);
    const bound = this.#context.finder.printed(call, this.#scope, this.#copy.frame);
    const free = this.#context.finder.printed(call, this.#scope, undefined);
    return names.size > 0 && JSON.stringify(bound?.alternatives) !== JSON.stringify(free?.alternatives);
  }

  /** Functions that are passed to something outside of the program. */
  #passOn(call: CallExpression, paths: readonly string[]): void {
    const { meanings, traits, registered, copies } = this.#context;
    const passed = call.arguments.flatMap(({ value }) => functionsIn(value, this.#scope, meanings));
    if (passed.length === 0) return;
    const row = traits.registrars.find(({ callee }) => paths.some((path) => callee.test(path)));
    const otherwise: Role = traits.language === 'javascript' && !call.isUsed ? 'later' : 'now';
    const role = row?.role ?? otherwise;
    for (const each of passed) each.isCalled = true;
    const run = () => this.call(passed.map((each) => copies.plain(each)));
    if (role === 'now') this.#graph.repeated(run);
    else if (role === 'later') this.deferred.push(run);
    else for (const each of passed) if (!registered.has(each)) registered.set(each, role);
  }
}

function functionsIn(
  value: Expression,
  scope: Scope,
  meanings: FlowContext['meanings'],
): readonly FunctionInfo[] {
  if (value.kind === 'record') {
    return value.fields.flatMap(([, field]) => functionsIn(field, scope, meanings));
  }
  if (value.kind === 'list') return value.items.flatMap((item) => functionsIn(item, scope, meanings));
  if (value.kind === 'name' || value.kind === 'function' || value.kind === 'member') {
    return meanings
      .of(value, scope)
      .flatMap((meaning) => (meaning.kind === 'function' ? [meaning.function] : []));
  }
  if (value.kind === 'call') {
    // `wrap(handler)`: what the program's own function returns, or what is passed through another's.
    const own = meanings
      .of(value, scope)
      .flatMap((meaning) => (meaning.kind === 'function' ? [meaning.function] : []));
    if (own.length > 0) return own;
    return value.arguments.flatMap((each) => functionsIn(each.value, scope, meanings));
  }
  return [];
}
