/** Where control enters a program: its modules, its mains, and what frameworks call. It must not know blocks. */
import type { Program } from '../program/declaration.ts';
import type { Meanings } from '../program/meaning.ts';
import type { ClassInfo, FunctionInfo } from '../program/symbol.ts';
import { walk } from '../program/walk.ts';
import type { Role } from '../traits.ts';

export function noteImports(program: Program, meanings: Meanings): void {
  for (const { definition, module } of program.functions) {
    walk(definition.body, {
      statement: (statement) => {
        if (statement.kind !== 'import') return;
        for (const each of statement.imports) {
          for (const found of meanings.importedModules(module, each.module, each.name)) {
            found.isImported = true;
          }
        }
      },
    });
  }
}

/** Functions with a decorator or annotation of a framework, and methods of its classes. */
export function noteDecorated(
  program: Program,
  meanings: Meanings,
  registered: Map<FunctionInfo, Role>,
): void {
  const { traits } = program;
  for (const function_ of program.functions) {
    const scope = function_.scope.parent ?? function_.scope;
    for (const decorator of function_.definition.decorators) {
      const path = meanings.pathOf(decorator, scope);
      const row = traits.decorators.find(({ callee }) => path !== '' && callee.test(path));
      if (row !== undefined) registered.set(function_, row.role);
    }
  }
  for (const class_ of program.classes) {
    if (!hasHandlerBase(class_, program, meanings)) continue;
    for (const [name, method] of class_.methods) {
      if (traits.handlerMethods.test(name)) registered.set(method, 'handler');
    }
  }
  for (const [function_] of registered) function_.isCalled = true;
}

function hasHandlerBase(class_: ClassInfo, program: Program, meanings: Meanings): boolean {
  return class_.definition.bases.some((base) => {
    const path = meanings.pathOf(base, class_.scope);
    return path !== '' && program.traits.handlerBases.test(path);
  });
}

/** Where a run begins. */
export function startsOf(program: Program): readonly FunctionInfo[] {
  const modules = program.modules.filter(({ isImported }) => !isImported);
  const mains = program.functions.filter(
    ({ definition, owner, name }) =>
      program.traits.mainNames.test(definition.name) && (owner !== undefined || name === definition.name),
  );
  for (const main of mains) main.isCalled = true;
  return [...(modules.length > 0 ? modules : program.modules).map(({ body }) => body), ...mains];
}

/** Functions of the outermost scope, or public methods, that nobody in the program calls. */
export function uncalledOf(program: Program): readonly FunctionInfo[] {
  return program.functions.filter(({ isCalled, definition }) => !isCalled && definition.name !== '<module>');
}

/** Called by a framework for the name that it has, or is exported under. */
export function namedHandlersOf(program: Program, meanings: Meanings): ReadonlySet<FunctionInfo> {
  const { handlerNames } = program.traits;
  const found = new Set<FunctionInfo>();
  for (const { exports } of program.modules) {
    for (const [name, values] of exports) {
      for (const { expression, scope } of values) {
        const fields = expression.kind === 'record' ? expression.fields : [[name, expression] as const];
        for (const [key, value] of fields) {
          if (handlerNames.test(key)) for (const each of meanings.functionsOf(value, scope)) found.add(each);
        }
      }
    }
  }
  for (const each of program.functions) {
    const { name, definition, module } = each;
    if (module.exports.size > 0 || name.split('.').length > 2) continue;
    if (handlerNames.test(definition.name)) found.add(each);
  }
  return found;
}
