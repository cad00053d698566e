/** Finds every function, class, variable and import of a program, scope by scope. It must not know what they mean. */
import type { ClassDefinition, Expression, FunctionDefinition, Module, Statement } from '../source-code.ts';
import type { Traits } from '../traits.ts';
import {
  type ClassInfo,
  type FunctionInfo,
  lookUp,
  type ModuleInfo,
  type Scope,
  type Valued,
  variableOf,
} from './symbol.ts';
import { walk } from './walk.ts';

export interface Program {
  readonly modules: readonly ModuleInfo[];
  readonly functions: readonly FunctionInfo[];
  readonly classes: readonly ClassInfo[];
  readonly traits: Traits;
  /** Of a function literal. */
  readonly literals: ReadonlyMap<FunctionDefinition, FunctionInfo>;
}

class Declarer {
  readonly functions: FunctionInfo[] = [];
  readonly classes: ClassInfo[] = [];
  readonly literals = new Map<FunctionDefinition, FunctionInfo>();
  readonly #traits: Traits;

  constructor(traits: Traits) {
    this.#traits = traits;
  }

  module(module: Module, shared: Map<string, Scope>): ModuleInfo {
    const info = {
      path: module.path,
      exports: new Map(),
      isImported: false,
    } as unknown as { -readonly [K in keyof ModuleInfo]: ModuleInfo[K] };
    const key = this.#traits.sharedScope(module.path);
    const parent = key === undefined ? undefined : (shared.get(key) ?? scopeOf(info, undefined));
    if (key !== undefined && parent !== undefined) shared.set(key, parent);
    info.scope = scopeOf(info, parent);
    const definition: FunctionDefinition = {
      name: '<module>',
      parameters: [],
      body: module.body,
      at: { line: 1, column: 1 },
      decorators: [],
    };
    info.body = this.#info(definition, info, info.scope, undefined, '<module>');
    this.#scan(module.body, info.scope, '');
    return info;
  }

  #info(
    definition: FunctionDefinition,
    module: ModuleInfo,
    scope: Scope,
    owner: ClassInfo | undefined,
    name: string,
  ): FunctionInfo {
    const info: FunctionInfo = {
      id: this.functions.length,
      name,
      definition,
      module,
      scope,
      owner,
      passed: new Map(),
      isCalled: false,
    };
    this.functions.push(info);
    return info;
  }

  function(
    definition: FunctionDefinition,
    parent: Scope,
    owner: ClassInfo | undefined,
    prefix: string,
  ): FunctionInfo {
    const scope = {
      parent,
      variables: new Map(),
      module: parent.module,
      function: undefined,
    } as { -readonly [K in keyof Scope]: Scope[K] };
    const own = definition.name.startsWith('<')
      ? `${definition.name}@${definition.at.line}`
      : definition.name;
    const name = prefix === '' ? own : `${prefix}.${own}`;
    const info = this.#info(definition, parent.module, scope, owner, name);
    scope.function = info;
    this.literals.set(definition, info);
    for (const parameter of definition.parameters) {
      const variable = variableOf(scope, parameter.name);
      variable.isParameter = true;
      if (parameter.initial !== undefined) this.#expressions([parameter.initial], scope, name);
    }
    this.#scan(definition.body, scope, name);
    return info;
  }

  #class(definition: ClassDefinition, parent: Scope, prefix: string): ClassInfo {
    const name = prefix === '' ? definition.name : `${prefix}.${definition.name}`;
    const scope = this.#traits.membersInScope
      ? { parent, variables: new Map(), module: parent.module, function: undefined }
      : parent;
    const info: ClassInfo = { name, definition, scope, methods: new Map(), fields: new Map() };
    this.classes.push(info);
    for (const [field, expression] of definition.fields) {
      info.fields.set(field, [...(info.fields.get(field) ?? []), { expression, scope }]);
      if (this.#traits.membersInScope) variableOf(scope, field).values.push({ expression, scope });
      this.#expressions([expression], scope, name);
    }
    for (const method of definition.methods) {
      const function_ = this.function(method, scope, info, name);
      info.methods.set(method.name, function_);
      if (this.#traits.membersInScope) variableOf(scope, method.name).functions.push(function_);
    }
    return info;
  }

  #expressions(expressions: readonly Expression[], scope: Scope, prefix: string): void {
    this.#scan(
      expressions.map((value) => ({ kind: 'evaluate', value })),
      scope,
      prefix,
    );
  }

  #scan(statements: readonly Statement[], scope: Scope, prefix: string): void {
    const place = scope.declaresIn ?? scope;
    walk(statements, {
      statement: (statement) => {
        if (statement.kind === 'define') {
          const { definition } = statement;
          const found = this.function(definition, scope, undefined, prefix);
          if (definition.receiver === undefined) variableOf(place, definition.name).functions.push(found);
        } else if (statement.kind === 'class') {
          const found = this.#class(statement.definition, scope, prefix);
          variableOf(place, statement.definition.name).classes.push(found);
        } else if (statement.kind === 'import') {
          for (const each of statement.imports) {
            const variable = variableOf(scope, each.local ?? `* ${each.module}`);
            variable.imports.push({ from: scope.module, import: each });
          }
        }
      },
      expression: (expression) => {
        if (expression.kind === 'function') this.function(expression.definition, scope, undefined, prefix);
        else if (expression.kind === 'assign') this.#assign(expression, scope);
      },
    });
  }

  #assign({ target, value, declares }: Extract<Expression, { kind: 'assign' }>, scope: Scope): void {
    const valued = { expression: value, scope };
    if (target.kind === 'name') {
      const place = scope.declaresIn ?? scope;
      const owner = declares ? place : (lookUp(scope, target.name)?.[1] ?? place);
      variableOf(owner, target.name).values.push(valued);
    } else if (target.kind === 'list') {
      const items = value.kind === 'list' && value.items.length === target.items.length ? value.items : [];
      const [first] = target.items;
      for (const [index, each] of target.items.entries()) {
        // The first of several results is what a function is named for: `conn, err = dial()`.
        const own: Expression =
          items[index] ?? (each === first && value.kind === 'call' ? value : { kind: 'unknown', parts: [] });
        this.#assign({ kind: 'assign', target: each, value: own, declares }, scope);
      }
    } else if (target.kind === 'member') this.#assignMember(target, valued, scope);
  }

  #assignMember(target: Extract<Expression, { kind: 'member' }>, valued: Valued, scope: Scope): void {
    const { object, name } = target;
    if (object.kind === 'name' && (object.name === 'exports' || object.name === 'module')) {
      if (object.name === 'module' && name !== 'exports') return;
      const as = object.name === 'module' ? '*' : name;
      const { exports } = scope.module;
      exports.set(as, [...(exports.get(as) ?? []), valued]);
    } else if (
      object.kind === 'member' &&
      object.name === 'exports' &&
      object.object.kind === 'name' &&
      object.object.name === 'module'
    ) {
      const { exports } = scope.module;
      exports.set(name, [...(exports.get(name) ?? []), valued]);
    } else if (object.kind === 'name') {
      const owner = selfOf(scope, object.name);
      owner?.fields.set(name, [...(owner.fields.get(name) ?? []), valued]);
    }
  }
}

export function declare(modules: readonly Module[], traits: Traits): Program {
  const declarer = new Declarer(traits);
  const shared = new Map<string, Scope>();
  const infos = modules.map((module) => declarer.module(module, shared));
  attachReceivers(declarer, infos);
  return { modules: infos, traits, ...declarer };
}

/** The class whose instance `name` is in that scope: `this`, `$this`, the first parameter of a Python method. */
export function selfOf(scope: Scope, name: string): ClassInfo | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const { function: inner } = at;
    if (inner?.owner === undefined) continue;
    if (name === 'this' || name === '$this' || name === 'self' || name === 'static') return inner.owner;
    if (inner.definition.receiver?.name === name) return inner.owner;
    const first = inner.definition.parameters[0]?.name;
    return first === name && inner.module.path.endsWith('.py') ? inner.owner : undefined;
  }
  return undefined;
}

/** Go: methods stand beside their type. */
function attachReceivers(declarer: Declarer, modules: readonly ModuleInfo[]): void {
  for (const info of declarer.functions) {
    const { receiver } = info.definition;
    if (receiver === undefined) continue;
    const module = modules.find((each) => each === info.module);
    const owner = module && lookUp(module.scope, receiver.type)?.[0].classes[0];
    owner?.methods.set(info.definition.name, info);
    info.owner = owner;
  }
}

function scopeOf(module: ModuleInfo, parent: Scope | undefined): Scope {
  const scope = { parent, variables: new Map(), module, function: undefined };
  return parent === undefined ? scope : { ...scope, declaresIn: parent };
}
