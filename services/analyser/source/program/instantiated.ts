/** Whether a call only makes an object of a class of the program that has no constructor. */
import type { CallExpression } from '../source-code.ts';
import type { Meanings } from './meaning.ts';
import type { Scope } from './symbol.ts';

export function instantiated(call: CallExpression, scope: Scope, meanings: Meanings): boolean {
  return meanings.of(call.callee, scope).some((meaning) => meaning.kind === 'class');
}
