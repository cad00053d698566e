/**
 * What an expression stands for, as far as that can be told without running it: a function, class or module of the
 * program, or a path into something outside (`logging.getLogger().info`, where `()` is a call's result and a leading
 * `?` a thing of unknown origin). It must not know which paths log.
 */
import type { CallExpression, Expression } from '../source-code.ts';
import { type Program, selfOf } from './declaration.ts';
import { Linker } from './link.ts';
import {
  type ClassInfo,
  type FunctionInfo,
  lookUp,
  type ModuleInfo,
  type Scope,
  type Valued,
  type Variable,
} from './symbol.ts';
import { walk } from './walk.ts';

export type Meaning =
  | { readonly kind: 'function'; readonly function: FunctionInfo }
  | { readonly kind: 'class'; readonly class: ClassInfo }
  | { readonly kind: 'instance'; readonly class: ClassInfo }
  | { readonly kind: 'module'; readonly module: ModuleInfo }
  | {
      readonly kind: 'record';
      readonly fields: readonly (readonly [string, Expression])[];
      readonly scope: Scope;
    }
  | { readonly kind: 'outside'; readonly path: string };

/** How many things one name may stand for, and how far a chain of names is followed. */
const meanings_max = 8;
const chain_max = 12;
/** Answers within one another, decorators of decorators included. */
const nesting_max = 60;
/** Things looked at for one answer. */
const steps_max = 3_000;
const path_length_max = 300;

export class Meanings {
  readonly #program: Program;
  readonly #linker: Linker;
  readonly #cache = new Map<Expression, Map<Scope, readonly Meaning[]>>();
  #isCut = false;
  #steps = 0;
  #nesting = 0;

  constructor(program: Program) {
    this.#program = program;
    this.#linker = new Linker(program);
  }

  /** The program's own modules that an import statement runs. */
  importedModules(from: ModuleInfo, module: string, name: string | undefined): readonly ModuleInfo[] {
    const found = this.#linker.module(from, module, name);
    return found === undefined ? [] : [found];
  }

  of(expression: Expression, scope: Scope, depth = 0): readonly Meaning[] {
    const known = this.#cache.get(expression)?.get(scope);
    if (known !== undefined) return known;
    const isOutermost = this.#nesting === 0;
    if (isOutermost) {
      this.#isCut = false;
      this.#steps = 0;
    }
    if (depth > chain_max || this.#nesting > nesting_max || ++this.#steps > steps_max) {
      this.#isCut = true;
      return [];
    }
    this.#nesting++;
    const found = this.#find(expression, scope, depth).slice(0, meanings_max);
    this.#nesting--;
    // What was cut short in a chain is not the same seen from its end.
    if (isOutermost || !this.#isCut) {
      const byScope = this.#cache.get(expression) ?? new Map();
      this.#cache.set(expression, byScope.set(scope, found));
    }
    return found;
  }

  /** The path into something outside, or `?` and the text of the expression. */
  pathOf(expression: Expression, scope: Scope): string {
    const outside = this.of(expression, scope).find((each) => each.kind === 'outside');
    return outside?.kind === 'outside' ? outside.path : '';
  }

  functionsOf(expression: Expression, scope: Scope): readonly FunctionInfo[] {
    const functions = this.of(expression, scope).flatMap((meaning) => this.#functionsOf(meaning));
    return [...new Set(functions)];
  }

  /** The functions that a call runs. */
  targetsOf(call: CallExpression, scope: Scope): readonly FunctionInfo[] {
    return this.functionsOf(call.callee, scope);
  }

  #functionsOf(meaning: Meaning): readonly FunctionInfo[] {
    if (meaning.kind === 'function') return [meaning.function];
    if (meaning.kind === 'class') {
      const { constructorName } = this.#program.traits;
      const found = this.#method(meaning.class, constructorName(meaning.class.definition.name));
      return found === undefined ? [] : [found];
    }
    if (meaning.kind === 'instance') {
      const found = this.#method(meaning.class, '__call__') ?? this.#method(meaning.class, '__invoke');
      return found === undefined ? [] : [found];
    }
    if (meaning.kind !== 'module') return [];
    return (meaning.module.exports.get('*') ?? meaning.module.exports.get('default') ?? []).flatMap(
      (valued) => this.functionsOf(valued.expression, valued.scope),
    );
  }

  #find(expression: Expression, scope: Scope, depth: number): readonly Meaning[] {
    switch (expression.kind) {
      case 'name':
        return this.#name(expression.name, scope, depth);
      case 'member':
        return this.#memberOf(expression.object, expression.name, scope, depth);
      case 'call':
        return this.#call(expression, scope, depth);
      case 'function': {
        const found = this.#program.literals.get(expression.definition);
        return found === undefined ? [] : [{ kind: 'function', function: found }];
      }
      case 'record':
        return [{ kind: 'record', fields: expression.fields, scope }];
      case 'either':
        return [
          ...this.of(expression.first, scope, depth + 1),
          ...this.of(expression.second, scope, depth + 1),
        ];
      case 'choice':
        return expression.options.flatMap((option) => this.of(option, scope, depth + 1));
      case 'assign':
        return this.of(expression.value, scope, depth + 1);
      default:
        return [];
    }
  }

  #name(name: string, scope: Scope, depth: number): readonly Meaning[] {
    const self = selfOf(scope, name);
    if (self !== undefined) return [{ kind: 'instance', class: self }];
    const found = lookUp(scope, name);
    if (found !== undefined) {
      const meanings = this.#variable(name, found[0], found[1], depth);
      if (meanings.length > 0) return meanings;
      return [{ kind: 'outside', path: `?${name}` }];
    }
    const wild = this.#linker.wild(scope.module, name);
    if (wild !== undefined) return this.#variable(name, wild[0], wild[1], depth);
    return [{ kind: 'outside', path: name }];
  }

  #variable(name: string, variable: Variable, scope: Scope, depth: number): readonly Meaning[] {
    const meanings: Meaning[] = [
      ...variable.functions.flatMap((each) => this.#decorated(each, depth)),
      ...variable.classes.map((each): Meaning => ({ kind: 'class', class: each })),
      ...variable.imports.flatMap(({ from, import: each }) => this.#imported(from, each, depth)),
    ];
    if (variable.isParameter) meanings.push(...this.#parameter(name, scope, depth));
    return [...meanings, ...this.#values(variable.values, depth)];
  }

  #values(values: readonly Valued[], depth: number): readonly Meaning[] {
    return values
      .slice(0, meanings_max)
      .flatMap((valued) => this.of(valued.expression, valued.scope, depth + 1));
  }

  #parameter(name: string, scope: Scope, depth: number): readonly Meaning[] {
    const { function: owner } = scope;
    if (owner === undefined) return [];
    const passed = [...(owner.passed.get(name)?.values() ?? [])];
    const parameter = owner.definition.parameters.find((each) => each.name === name);
    const type = parameter?.type;
    return [
      ...passed,
      ...(type === undefined ? [] : this.#instance(this.of(type, scope, depth + 1))),
      ...(parameter?.initial === undefined ? [] : this.of(parameter.initial, scope, depth + 1)),
    ];
  }

  #instance(types: readonly Meaning[]): readonly Meaning[] {
    return types.flatMap((type): Meaning[] => {
      if (type.kind === 'class') return [{ kind: 'instance', class: type.class }];
      return type.kind === 'outside' ? outside(`${type.path}()`) : [];
    });
  }

  /** What a decorator of the program puts in the function's place. */
  #decorated(function_: FunctionInfo, depth: number): readonly Meaning[] {
    const plain: Meaning = { kind: 'function', function: function_ };
    const replaced = function_.definition.decorators.flatMap((decorator) => {
      const applied = this.functionsOf(decorator, function_.scope.parent ?? function_.scope);
      return applied.flatMap((each) => this.#returned(each, depth + 1)).filter(isFunction);
    });
    return replaced.length > 0 ? replaced : [plain];
  }

  #imported(
    from: ModuleInfo,
    each: Variable['imports'][number]['import'],
    depth: number,
  ): readonly Meaning[] {
    const module = this.#linker.module(from, each.module, each.name);
    if (module !== undefined) {
      if (each.name === undefined || this.#linker.isModuleItself(module, each)) {
        return [{ kind: 'module', module }];
      }
      return this.#memberOfModule(module, each.name, depth);
    }
    const base = each.module.replace(/^node:/, '');
    // `import shop.Stock`, `use App\\Handler`: classes of the program are known by their own names.
    const shared = from.scope.declaresIn?.variables.get(base.split('.').at(-1)!);
    if (shared !== undefined && shared.classes.length > 0) {
      return shared.classes.map((own): Meaning => ({ kind: 'class', class: own }));
    }
    if (each.name === undefined || each.name === 'default') return outside(base);
    return outside(base === '' ? each.name : `${base}.${each.name}`);
  }

  #memberOf(object: Expression, name: string, scope: Scope, depth: number): readonly Meaning[] {
    const objects = this.of(object, scope, depth + 1);
    if (objects.length === 0) return outside(`?.${name}`);
    return objects.flatMap((meaning): readonly Meaning[] => {
      switch (meaning.kind) {
        case 'outside':
          return outside(`${meaning.path}.${name}`);
        case 'module':
          return this.#memberOfModule(meaning.module, name, depth);
        case 'record':
          return meaning.fields
            .filter(([key]) => key === name || name === '[]')
            .flatMap(([, value]) => this.of(value, meaning.scope, depth + 1));
        case 'class':
        case 'instance':
          return this.#memberOfClass(meaning.class, name, depth);
        case 'function':
          return name === 'bind' || name === 'call' || name === 'apply' ? [meaning] : [];
        default:
          return [];
      }
    });
  }

  #memberOfModule(module: ModuleInfo, name: string, depth: number): readonly Meaning[] {
    if (module.exports.size > 0) {
      const own = module.exports.get(name);
      if (own !== undefined) return this.#values(own, depth);
      const whole = this.#values(module.exports.get('*') ?? [], depth);
      if (name === 'default') return whole;
      return whole.flatMap((meaning) =>
        meaning.kind === 'record'
          ? meaning.fields
              .filter(([key]) => key === name)
              .flatMap(([, value]) => this.of(value, meaning.scope, depth + 1))
          : [],
      );
    }
    const found = lookUp(module.scope, name);
    return found === undefined ? [] : this.#variable(name, found[0], found[1], depth + 1);
  }

  #memberOfClass(class_: ClassInfo, name: string, depth: number): readonly Meaning[] {
    const method = this.#method(class_, name);
    if (method !== undefined) return this.#decorated(method, depth);
    const fields = [class_, ...this.#bases(class_)].flatMap((each) => each.fields.get(name) ?? []);
    if (fields.length > 0) {
      const found = this.#values(fields, depth);
      return found.length > 0 ? found : outside(`?${name}`);
    }
    const bases = class_.definition.bases.flatMap((base) => this.of(base, class_.scope, depth + 1));
    const from = bases.find((base) => base.kind === 'outside');
    return outside(from?.kind === 'outside' ? `${from.path}().${name}` : `?${name}`);
  }

  #method(class_: ClassInfo, name: string): FunctionInfo | undefined {
    return [class_, ...this.#bases(class_)].map((each) => each.methods.get(name)).find((each) => each);
  }

  #bases(class_: ClassInfo): readonly ClassInfo[] {
    const found: ClassInfo[] = [];
    const queue = [class_];
    while (queue.length > 0 && found.length < meanings_max) {
      const at = queue.shift()!;
      for (const base of at.definition.bases) {
        for (const meaning of this.of(base, at.scope, chain_max - 2)) {
          if (meaning.kind !== 'class' || found.includes(meaning.class) || meaning.class === class_) continue;
          found.push(meaning.class);
          queue.push(meaning.class);
        }
      }
    }
    return found;
  }

  #call(call: CallExpression, scope: Scope, depth: number): readonly Meaning[] {
    return this.of(call.callee, scope, depth + 1).flatMap((meaning): readonly Meaning[] => {
      if (meaning.kind === 'outside') return outside(`${meaning.path}()`);
      if (meaning.kind === 'class') return [{ kind: 'instance', class: meaning.class }];
      if (meaning.kind === 'function') return this.#returned(meaning.function, depth + 1);
      if (meaning.kind !== 'module') return [];
      return this.#functionsOf(meaning).flatMap((each) => this.#returned(each, depth + 1));
    });
  }

  #returned(function_: FunctionInfo, depth: number): readonly Meaning[] {
    return returnsOf(function_).flatMap((value) => this.of(value, function_.scope, depth + 1));
  }
}

function outside(path: string): Meaning[] {
  return path.length > path_length_max ? [] : [{ kind: 'outside', path }];
}

function isFunction(meaning: Meaning): boolean {
  return meaning.kind === 'function';
}

const returns = new WeakMap<FunctionInfo, readonly Expression[]>();

/** The expressions that a function can return; the first eight. */
export function returnsOf(function_: FunctionInfo): readonly Expression[] {
  let found = returns.get(function_);
  if (found === undefined) {
    const values: Expression[] = [];
    walk(function_.definition.body, {
      statement: (statement) => {
        if (statement.kind === 'return' && statement.value !== undefined) values.push(statement.value);
      },
    });
    found = values.slice(0, meanings_max);
    returns.set(function_, found);
  }
  return found;
}
