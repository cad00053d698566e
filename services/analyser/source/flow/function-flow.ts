/** One function as blocks of events: statements. It must not know how a call is judged. */
import type { LoopStatement, Statement, SwitchCase, TryStatement } from '../source-code.ts';
import type { Copy } from './copy-table.ts';
import { Exits } from './exits.ts';
import { ExpressionFlow } from './expression-flow.ts';
import type { FlowContext } from './flow-context.ts';
import { type Graph, GraphBuilder } from './graph.ts';

export function functionFlow(copy: Copy, context: FlowContext): Graph {
  return new FunctionFlow(copy, context).build();
}

class FunctionFlow {
  readonly #graph: GraphBuilder;
  readonly #exits: Exits;
  readonly #expressions: ExpressionFlow;
  readonly #copy: Copy;
  readonly #context: FlowContext;

  constructor(copy: Copy, context: FlowContext) {
    this.#copy = copy;
    this.#context = context;
    this.#graph = new GraphBuilder(context.budget);
    this.#exits = new Exits(this.#graph, (body) => this.#run(body));
    this.#expressions = new ExpressionFlow(this.#graph, this.#exits, copy, context);
  }

  build(): Graph {
    this.#run(this.#copy.function.definition.body);
    this.#exits.return();
    const { returnExit, throwExit } = this.#graph;
    const ends = { returnExit: this.#withDeferred(returnExit), throwExit: this.#withDeferred(throwExit) };
    return { blocks: this.#graph.blocks, ...ends };
  }

  /** What was put off runs in any order, or not. */
  #withDeferred(exit: number): number {
    const { deferred } = this.#expressions;
    if (deferred.length === 0) return exit;
    this.#graph.at = exit;
    // What is put off while it runs is put off again.
    for (const run of [...deferred].slice(0, 32)) this.#graph.maybe(() => this.#graph.repeated(run));
    const end = this.#graph.block();
    this.#graph.jump(end);
    return end;
  }

  #run(statements: readonly Statement[]): void {
    for (const statement of statements) {
      if (this.#graph.at === undefined) return;
      this.#statement(statement);
    }
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case 'evaluate':
        this.#expressions.visit(statement.value);
        return;
      case 'block':
        this.#run(statement.body);
        return;
      case 'if': {
        this.#expressions.visit(statement.test);
        const { at } = this.#graph;
        const after = this.#graph.block();
        for (const body of [statement.body, statement.otherwise]) {
          this.#branch(at, () => this.#run(body));
          this.#graph.link(this.#graph.at, after);
        }
        this.#graph.at = after;
        return;
      }
      case 'loop':
        this.#loop(statement);
        return;
      case 'switch':
        this.#expressions.visit(statement.subject);
        this.#switch(statement.cases, statement.ignoresBreak === true);
        return;
      case 'try':
        this.#try(statement);
        return;
      case 'return':
        if (statement.value !== undefined) this.#expressions.visit(statement.value);
        this.#exits.return();
        return;
      case 'throw':
        if (statement.value !== undefined) this.#expressions.visit(statement.value);
        this.#expressions.throw();
        return;
      case 'break':
        this.#exits.break(statement.label, statement.levels ?? 1);
        return;
      case 'continue':
        this.#exits.continue(statement.label, statement.levels ?? 1);
        return;
      case 'import':
        this.#import(statement);
        return;
      case 'defer':
        this.#expressions.deferred.push(() => this.#expressions.visit(statement.value));
        return;
      default:
        return;
    }
  }

  #branch(from: number | undefined, build: () => void): void {
    if (from === undefined) return;
    this.#graph.at = this.#graph.block();
    this.#graph.link(from, this.#graph.at);
    build();
  }

  #import({ imports }: Extract<Statement, { kind: 'import' }>): void {
    const { module } = this.#copy.function;
    for (const each of imports) {
      for (const found of this.#context.meanings.importedModules(module, each.module, each.name)) {
        found.isImported = true;
        this.#expressions.call([this.#context.copies.plain(found.body)]);
      }
    }
  }

  #loop(loop: LoopStatement): void {
    const graph = this.#graph;
    for (const expression of loop.before) this.#expressions.visit(expression);
    const head = graph.cut();
    if (head === undefined) return;
    const exit = graph.block();
    const next = graph.block();
    const body = loop.testsLast ? head : graph.block();
    const test = () => {
      if (loop.test !== undefined) this.#expressions.visit(loop.test);
      const { at } = graph;
      if (at !== undefined && !loop.isEndless) this.#branch(at, () => this.#run(loop.otherwise));
      if (!loop.isEndless) graph.link(graph.at, exit);
      return at;
    };
    if (!loop.testsLast) graph.link(test(), body);
    graph.at = body;
    this.#exits.within({ kind: 'loop', label: loop.label, breakTo: exit, continueTo: next }, () =>
      this.#run(loop.body),
    );
    graph.link(graph.at, next);
    graph.at = next;
    for (const expression of loop.after) this.#expressions.visit(expression);
    if (loop.testsLast) graph.at = test();
    graph.link(graph.at, head);
    graph.at = exit;
  }

  #switch(cases: readonly SwitchCase[], ignoresBreak: boolean): void {
    const graph = this.#graph;
    const exit = graph.block();
    const bodies = cases.map(() => graph.block());
    for (const [index, each] of cases.entries()) {
      if (each.isDefault) continue;
      for (const test of each.tests) this.#expressions.visit(test);
      graph.link(graph.at, bodies[index]!);
      graph.cut();
    }
    const other = cases.findIndex(({ isDefault }) => isDefault);
    graph.link(graph.at, other < 0 ? exit : bodies[other]!);
    const run = () => {
      for (const [index, each] of cases.entries()) {
        graph.at = bodies[index];
        this.#run(each.body);
        graph.link(graph.at, each.falls ? (bodies[index + 1] ?? exit) : exit);
      }
    };
    if (ignoresBreak) run();
    else this.#exits.within({ kind: 'switch', breakTo: exit }, run);
    graph.at = exit;
  }

  #try(statement: TryStatement): void {
    const hasFinally = statement.finally.length > 0;
    if (!hasFinally) {
      this.#tryCatch(statement);
      return;
    }
    this.#exits.within({ kind: 'finally', body: statement.finally, copies: new Map() }, () => {
      this.#tryCatch(statement);
    });
    this.#run(statement.finally);
  }

  #tryCatch(statement: TryStatement): void {
    const graph = this.#graph;
    if (statement.handlers.length === 0) {
      // Its start is a place that a throw leaves from.
      this.#run([...statement.body, ...statement.otherwise]);
      return;
    }
    const caught = graph.block();
    const after = graph.block();
    this.#exits.within({ kind: 'catch', catchTo: caught, catchesAll: statement.catchesAll }, () => {
      graph.cut();
      // Whatever the body is, somebody saw it throw: nothing in a handler is lost.
      for (const target of this.#exits.throwTargets()) graph.link(graph.at, target);
      graph.cut();
      this.#run(statement.body);
    });
    this.#run(statement.otherwise);
    graph.link(graph.at, after);
    for (const handler of statement.handlers) {
      this.#branch(caught, () => this.#run(handler));
      graph.link(graph.at, after);
    }
    graph.at = after;
  }
}
