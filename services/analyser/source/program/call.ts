/** The calls of a function, and the parameters that a call's arguments are for. It must not know what either means. */
import type { CallExpression, Parameter } from '../source-code.ts';
import type { FunctionInfo } from './symbol.ts';
import { walk } from './walk.ts';

export function callsOf(function_: FunctionInfo): readonly CallExpression[] {
  const calls: CallExpression[] = [];
  walk(function_.definition.body, {
    expression: (expression) => {
      if (expression.kind === 'call') calls.push(expression);
    },
  });
  return calls;
}

/** Those that the arguments of the call are for. */
export function parametersOf(target: FunctionInfo, call: CallExpression): readonly Parameter[] {
  const { parameters, decorators } = target.definition;
  const isMethod = target.owner !== undefined && target.module.path.endsWith('.py');
  const isStatic = decorators.some((each) => each.kind === 'name' && each.name === 'staticmethod');
  // `Class.method(instance, …)` passes it by hand.
  const byHand =
    call.callee.kind === 'member' &&
    call.callee.object.kind === 'name' &&
    call.callee.object.name === target.owner?.definition.name;
  const isClassMethod = decorators.some((each) => each.kind === 'name' && each.name === 'classmethod');
  return isMethod && !isStatic && (!byHand || isClassMethod) ? parameters.slice(1) : parameters;
}
