/** Finds the file of the program that an import means. It must not know what is in it. */
import type { Import } from '../source-code.ts';
import type { Program } from './declaration.ts';
import type { ModuleInfo, Scope, Variable } from './symbol.ts';

export class Linker {
  readonly #program: Program;
  /** By path without extension, and by every end of it that begins after a slash. */
  readonly #byEnd = new Map<string, ModuleInfo>();

  constructor(program: Program) {
    this.#program = program;
    for (const module of program.modules) {
      const parts = module.path.replace(/\.[^./]+$/, '').split('/');
      for (let from = Math.max(0, parts.length - 8); from < parts.length; from++) {
        const end = parts.slice(from).join('/');
        if (!this.#byEnd.has(end) || from === 0) this.#byEnd.set(end, module);
        // Of a package, any of its files.
        const folder = `${parts.slice(from, -1).join('/')}/*`;
        if (!this.#byEnd.has(folder)) this.#byEnd.set(folder, module);
      }
    }
  }

  /** Of what an import names; undefined where it is outside of the program. */
  module(from: ModuleInfo, module: string, name: string | undefined): ModuleInfo | undefined {
    for (const path of this.#program.traits.modulePaths(from.path, module, name)) {
      const found = this.#byEnd.get(path);
      if (found !== undefined && found !== from) return found;
    }
    return undefined;
  }

  /** `from . import handler`: the name is the module, not something in it. */
  isModuleItself(module: ModuleInfo, each: Import): boolean {
    const stem = module.path.replace(/^.*\//, '').replace(/\.[^.]+$/, '');
    return each.name === stem && !module.scope.variables.has(stem);
  }

  /** A name that `import *` brings into the module. */
  wild(module: ModuleInfo, name: string): readonly [Variable, Scope] | undefined {
    for (const [key, variable] of module.scope.variables) {
      if (!key.startsWith('* ')) continue;
      for (const each of variable.imports) {
        const found = this.module(each.from, each.import.module, undefined);
        const own = found?.scope.variables.get(name);
        if (found !== undefined && own !== undefined) return [own, found.scope];
      }
    }
    return undefined;
  }
}
