/** The named things of a program under analysis. It must not know how they are found or what they print. */

import type { ClassDefinition, Expression, FunctionDefinition, Import } from '../source-code.ts';
import type { Meaning } from './meaning.ts';

export interface Valued {
  readonly expression: Expression;
  readonly scope: Scope;
}

export interface Variable {
  readonly values: Valued[];
  readonly functions: FunctionInfo[];
  readonly classes: ClassInfo[];
  readonly imports: { readonly from: ModuleInfo; readonly import: Import }[];
  /** It is a parameter of the scope's function. */
  isParameter: boolean;
}

export interface Scope {
  readonly parent: Scope | undefined;
  readonly variables: Map<string, Variable>;
  readonly module: ModuleInfo;
  readonly function: FunctionInfo | undefined;
  /** Where what it declares is seen, if not here alone: a file's package. */
  readonly declaresIn?: Scope;
}

export interface FunctionInfo {
  readonly id: number;
  /** `Class.method`, `outer.inner`. */
  readonly name: string;
  readonly definition: FunctionDefinition;
  readonly module: ModuleInfo;
  readonly scope: Scope;
  owner: ClassInfo | undefined;
  /** What its parameters were seen to be bound to, where that is a thing with a name. */
  readonly passed: Map<string, Map<unknown, Meaning>>;
  isCalled: boolean;
}

export interface ClassInfo {
  readonly name: string;
  readonly definition: ClassDefinition;
  readonly scope: Scope;
  readonly methods: Map<string, FunctionInfo>;
  readonly fields: Map<string, Valued[]>;
}

export interface ModuleInfo {
  readonly path: string;
  readonly scope: Scope;
  /** JavaScript: what it exports by name; `*` is what it exports as a whole. */
  readonly exports: Map<string, Valued[]>;
  readonly body: FunctionInfo;
  isImported: boolean;
}

export function variableOf(scope: Scope, name: string): Variable {
  let variable = scope.variables.get(name);
  if (variable === undefined) {
    variable = { values: [], functions: [], classes: [], imports: [], isParameter: false };
    scope.variables.set(name, variable);
  }
  return variable;
}

/** The innermost that has it, and where. */
export function lookUp(scope: Scope, name: string): readonly [Variable, Scope] | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = at.variables.get(name);
    if (found !== undefined) return [found, at];
  }
  return undefined;
}
