/** Notes which functions each parameter of a function is bound to, so that a call of the parameter has targets. */
import type { Expression } from '../source-code.ts';
import { callsOf, parametersOf } from './call.ts';
import type { Program } from './declaration.ts';
import type { Meanings } from './meaning.ts';
import type { FunctionInfo, Scope } from './symbol.ts';

export function notePassedFunctions(program: Program, meanings: Meanings): void {
  for (const caller of program.functions) {
    for (const call of callsOf(caller)) {
      for (const target of meanings.targetsOf(call, caller.scope)) {
        for (const [index, parameter] of parametersOf(target, call).entries()) {
          const named = call.arguments.find(({ name }) => name === parameter.name);
          note(target, parameter.name, (named ?? call.arguments[index])?.value, caller.scope, meanings);
        }
      }
    }
    const scope = caller.scope.parent ?? caller.scope;
    for (const decorator of caller.definition.decorators) {
      for (const target of meanings.functionsOf(decorator, scope)) {
        const [first] = target.definition.parameters;
        if (first !== undefined) bind(target, first.name, caller);
      }
    }
  }
}

function note(
  target: FunctionInfo,
  parameter: string,
  value: Expression | undefined,
  scope: Scope,
  meanings: Meanings,
): void {
  if (value === undefined || !['name', 'function', 'member', 'call'].includes(value.kind)) return;
  for (const meaning of meanings.of(value, scope)) {
    if (meaning.kind === 'function') bind(target, parameter, meaning.function);
  }
}

function bind(target: FunctionInfo, parameter: string, value: FunctionInfo): void {
  const set = target.passed.get(parameter) ?? new Set();
  target.passed.set(parameter, set.add(value));
}
