/**
 * Notes which functions, objects and outside things each parameter is bound to, so that a call of the parameter, or of
 * its methods, has targets. It must not know what they do.
 */
import { callsOf, parametersOf } from './call.ts';
import type { Program } from './declaration.ts';
import type { Meaning, Meanings } from './meaning.ts';
import type { FunctionInfo } from './symbol.ts';

/** Different things that one parameter is bound to. */
const passed_max = 12;

/** Whether anything was new. */
export function notePassedValues(program: Program, meanings: Meanings): boolean {
  let isNew = false;
  for (const caller of program.functions) {
    for (const call of callsOf(caller)) {
      for (const target of meanings.targetsOf(call, caller.scope)) {
        for (const [index, parameter] of parametersOf(target, call).entries()) {
          const named = call.arguments.find(({ name }) => name === parameter.name);
          const value = (named ?? call.arguments[index])?.value;
          if (value === undefined || value.kind === 'constant' || value.kind === 'record') continue;
          for (const meaning of meanings.of(value, caller.scope)) {
            isNew = bind(target, parameter.name, meaning) || isNew;
          }
        }
      }
    }
    const scope = caller.scope.parent ?? caller.scope;
    for (const decorator of caller.definition.decorators) {
      for (const target of meanings.functionsOf(decorator, scope)) {
        const [first] = target.definition.parameters;
        if (first === undefined) continue;
        isNew = bind(target, first.name, { kind: 'function', function: caller }) || isNew;
      }
    }
  }
  return isNew;
}

function bind(target: FunctionInfo, parameter: string, value: Meaning): boolean {
  const key = keyOf(value);
  if (key === undefined) return false;
  const bound = target.passed.get(parameter) ?? new Map();
  if (bound.size >= passed_max || bound.has(key)) return false;
  target.passed.set(parameter, bound.set(key, value));
  return true;
}

/** Undefined for what says no more than the parameter's own name. */
function keyOf(meaning: Meaning): unknown {
  switch (meaning.kind) {
    case 'function':
      return meaning.function;
    case 'class':
      return meaning.class.methods;
    case 'instance':
      return meaning.class;
    case 'outside':
      return meaning.path.startsWith('?') ? undefined : meaning.path;
    default:
      return undefined;
  }
}
