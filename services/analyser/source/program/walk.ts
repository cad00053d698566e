/** Visits the expressions of statements, in order, without entering functions and classes. It must not know names. */
import type { Expression, Statement } from '../source-code.ts';

export interface Visitor {
  expression?(expression: Expression): void;
  statement?(statement: Statement): void;
}

export function walk(statements: readonly Statement[], visitor: Visitor): void {
  for (const statement of statements) {
    visitor.statement?.(statement);
    for (const part of partsOf(statement)) walkExpression(part, visitor);
    for (const body of bodiesOf(statement)) walk(body, visitor);
  }
}

export function walkExpression(expression: Expression, visitor: Visitor): void {
  visitor.expression?.(expression);
  for (const part of operandsOf(expression)) walkExpression(part, visitor);
}

/** In the order in which they are evaluated. */
export function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'constant':
    case 'name':
    case 'function':
      return [];
    case 'join':
    case 'unknown':
      return expression.parts;
    case 'converted':
      return [expression.value];
    case 'format':
      return [expression.template, expression.values];
    case 'choice':
      return [expression.test, ...expression.options];
    case 'either':
      return [expression.first, expression.second];
    case 'member':
      return [expression.object];
    case 'call':
      return [expression.callee, ...expression.arguments.map(({ value }) => value)];
    case 'record':
      return expression.fields.map(([, value]) => value);
    case 'list':
      return expression.items;
    case 'assign':
      return [expression.value, expression.target];
  }
}

function partsOf(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case 'evaluate':
    case 'defer':
      return [statement.value];
    case 'if':
      return [statement.test];
    case 'loop':
      return [
        ...statement.before,
        ...(statement.test === undefined ? [] : [statement.test]),
        ...statement.after,
      ];
    case 'switch':
      return [statement.subject, ...statement.cases.flatMap(({ tests }) => tests)];
    case 'return':
    case 'throw':
      return statement.value === undefined ? [] : [statement.value];
    default:
      return [];
  }
}

function bodiesOf(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.kind) {
    case 'block':
      return [statement.body];
    case 'if':
      return [statement.body, statement.otherwise];
    case 'loop':
      return [statement.body, statement.otherwise];
    case 'switch':
      return statement.cases.map(({ body }) => body);
    case 'try':
      return [statement.body, ...statement.handlers, statement.otherwise, statement.finally];
    default:
      return [];
  }
}
