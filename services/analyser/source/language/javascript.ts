/** The expressions of JavaScript and TypeScript as source code of the analysis. It must not know logging. */
import type { Argument, ClassDefinition, Expression, FunctionDefinition, Parameter } from '../source-code.ts';
import { instanceOf } from '../source-code.ts';
import { childOf, childOfType, type Syntax } from '../syntax/syntax-tree.ts';
import { type ExpressionTable, type Lowering, memberAt, name, unknown } from './lowering.ts';
import { joined, text, unescaped } from './string-literal.ts';

export const javascriptExpressions: ExpressionTable = {
  identifier: (node, l) => name(l.text(node)),
  type_identifier: (node, l) => name(l.text(node)),
  nested_type_identifier: (node, l) => l.expression(node.children.at(-1)),
  generic_type: (node, l) => l.expression(node.children[0]),
  shorthand_property_identifier: (node, l) => name(l.text(node)),
  this: () => name('this'),
  super: () => name('super'),
  string: (node, l) => text(unescaped(l.text(node).slice(1, -1))),
  number: (node, l) => ({ kind: 'constant', text: l.text(node), isText: false }),
  true: () => ({ kind: 'constant', text: 'true', isText: false }),
  false: () => ({ kind: 'constant', text: 'false', isText: false }),
  null: () => ({ kind: 'constant', text: 'null', isText: false }),
  template_string: templateOf,
  parenthesized_expression: first,
  non_null_expression: first,
  as_expression: first,
  satisfies_expression: first,
  await_expression: first,
  type_annotation: first,
  optional_chain: () => unknown(),
  member_expression: (node, l) => ({
    kind: 'member',
    object: l.of(node, 'object'),
    name: l.text(childOf(node, 'property')),
  }),
  subscript_expression: (node, l) => memberAt(l.of(node, 'object'), l.of(node, 'index')),
  call_expression: (node, l) => callOf(node, childOf(node, 'function'), false, l),
  new_expression: (node, l) => callOf(node, childOf(node, 'constructor'), true, l),
  binary_expression: binaryOf,
  update_expression: (node, l) => ({
    kind: 'assign',
    target: l.of(node, 'argument'),
    value: unknown(),
    declares: false,
  }),
  ternary_expression: (node, l) => ({
    kind: 'choice',
    test: l.of(node, 'condition'),
    options: [l.of(node, 'consequence'), l.of(node, 'alternative')],
  }),
  assignment_expression: (node, l) => ({
    kind: 'assign',
    target: l.of(node, 'left'),
    value: l.of(node, 'right'),
    declares: false,
  }),
  augmented_assignment_expression: (node, l) => ({
    kind: 'assign',
    target: l.of(node, 'left'),
    value: unknown(l.of(node, 'right')),
    declares: false,
  }),
  arrow_function: (node, l) => ({ kind: 'function', definition: functionOf(node, l, '<arrow>') }),
  function_expression: (node, l) => ({ kind: 'function', definition: functionOf(node, l, '<function>') }),
  generator_function: (node, l) => ({ kind: 'function', definition: functionOf(node, l, '<function>') }),
  object: recordOf,
  array: (node, l) => ({ kind: 'list', items: l.expressions(node.children) }),
  object_pattern: (node, l) => ({
    kind: 'list',
    items: node.children.map((child) =>
      child.type === 'pair_pattern' ? l.of(child, 'value') : name(l.text(child).split(/[\s=]/)[0]!),
    ),
  }),
  array_pattern: (node, l) => ({ kind: 'list', items: l.expressions(node.children) }),
  assignment_pattern: (node, l) => l.of(node, 'left'),
  // Types are not run.
  type_arguments: () => unknown(),
};

export function functionOf(
  node: Syntax,
  l: Lowering,
  otherwise: string,
  decorators: readonly Expression[] = [],
): FunctionDefinition {
  const body = childOf(node, 'body');
  const single = childOf(node, 'parameter');
  return {
    name: l.text(childOf(node, 'name')) || otherwise,
    parameters:
      single === undefined ? parametersOf(childOf(node, 'parameters'), l) : [{ name: l.text(single) }],
    body:
      body?.type === 'statement_block' ? l.statement(body) : [{ kind: 'return', value: l.expression(body) }],
    at: l.at(node),
    decorators,
  };
}

export function classOf(node: Syntax, l: Lowering): ClassDefinition {
  const methods: FunctionDefinition[] = [];
  const fields: (readonly [string, Expression])[] = [];
  let decorators: Expression[] = [];
  for (const member of childOf(node, 'body')?.children ?? []) {
    const own = childOf(member, 'name') ?? childOf(member, 'property');
    if (member.type === 'decorator') decorators.push(l.expression(member.children[0]));
    else if (member.type === 'method_definition') {
      methods.push(functionOf(member, l, '<method>', decorators));
      fields.push(...promoted(member, l));
      decorators = [];
    } else if (own !== undefined) {
      const value = childOf(member, 'value');
      const type = childOf(member, 'type');
      if (value?.type === 'arrow_function' || value?.type === 'function_expression') {
        methods.push({ ...functionOf(value, l, '<method>'), name: l.text(own) });
      } else if (value !== undefined) fields.push([l.text(own), l.expression(value)]);
      else if (type !== undefined) {
        fields.push([l.text(own), instanceOf(l.expression(type), l.at(type))]);
      }
    }
  }
  const heritage = childOfType(node, 'class_heritage');
  const extended = heritage === undefined ? undefined : childOfType(heritage, 'extends_clause');
  const base = extended === undefined ? heritage?.children[0] : childOf(extended, 'value');
  return {
    name: l.text(childOf(node, 'name')),
    bases: base === undefined || base.type === 'implements_clause' ? [] : [l.expression(base)],
    methods,
    fields,
    decorators: node.children
      .filter((child) => child.type === 'decorator')
      .map((child) => l.expression(child.children[0])),
    at: l.at(node),
  };
}

/** TypeScript: a constructor's parameter with `private` or the like is a field. */
function promoted(method: Syntax, l: Lowering): (readonly [string, Expression])[] {
  return (childOf(method, 'parameters')?.children ?? []).flatMap((child) => {
    const type = childOf(child, 'type');
    if (type === undefined || childOfType(child, 'accessibility_modifier', 'readonly') === undefined) {
      return [];
    }
    return [[l.text(childOf(child, 'pattern')), instanceOf(l.expression(type), l.at(type))] as const];
  });
}

function first(node: Syntax, l: Lowering): Expression {
  return l.expression(node.children.find((child) => child.type !== 'comment'));
}

function templateOf(node: Syntax, l: Lowering): Expression {
  const parts: Expression[] = [];
  let from = node.start + 1;
  const constant = (to: number) => {
    if (to > from) parts.push(text(unescaped(l.slice(from, to))));
  };
  for (const child of node.children.filter(({ type }) => type === 'template_substitution')) {
    constant(child.start);
    parts.push(l.expression(child.children[0]));
    from = child.end;
  }
  constant(node.end - 1);
  return joined(parts);
}

function callOf(node: Syntax, callee: Syntax | undefined, isNew: boolean, l: Lowering): Expression {
  const list = childOf(node, 'arguments');
  // A tag: a call with the template as one unknown argument.
  if (list?.type === 'template_string') return unknown(l.expression(callee), l.expression(list));
  return {
    kind: 'call',
    callee: l.expression(callee),
    arguments: (list?.children ?? [])
      .filter((child) => child.type !== 'comment')
      .map(
        (child): Argument =>
          child.type === 'spread_element'
            ? { spread: true, value: l.expression(child.children[0]) }
            : { value: l.expression(child) },
      ),
    isNew,
    isUsed: true,
    at: l.at(node),
  };
}

function binaryOf(node: Syntax, l: Lowering): Expression {
  const operator = l.text(childOf(node, 'operator'));
  const left = l.of(node, 'left');
  const right = l.of(node, 'right');
  if (operator === '+') return { kind: 'join', parts: [left, right] };
  if (operator === '||' || operator === '??' || operator === '&&') {
    return { kind: 'either', first: left, second: right };
  }
  return unknown(left, right);
}

function recordOf(node: Syntax, l: Lowering): Expression {
  const fields = node.children.flatMap((child): (readonly [string, Expression])[] => {
    if (child.type === 'pair') {
      const key = l.text(childOf(child, 'key')).replace(/^(['"])(.*)\1$/s, '$2');
      const value = childOf(child, 'value');
      const isFunction = value?.type === 'arrow_function' || value?.type === 'function_expression';
      return [
        [key, isFunction ? { kind: 'function', definition: functionOf(value, l, key) } : l.expression(value)],
      ];
    }
    if (child.type === 'shorthand_property_identifier') return [[l.text(child), l.expression(child)]];
    if (child.type === 'method_definition') {
      const definition = functionOf(child, l, '<method>');
      return [[definition.name, { kind: 'function', definition }]];
    }
    return child.type === 'spread_element' ? [['', l.expression(child.children[0])]] : [];
  });
  return { kind: 'record', fields };
}

function parametersOf(node: Syntax | undefined, l: Lowering): Parameter[] {
  return (node?.children ?? [])
    .filter((child) => child.type !== 'comment')
    .map((child): Parameter => {
      const pattern = childOf(child, 'pattern') ?? child;
      const type = childOf(child, 'type');
      const initial = childOf(child, 'value') ?? childOf(child, 'right');
      const own = pattern.type === 'assignment_pattern' ? childOf(pattern, 'left')! : pattern;
      return {
        name: own.type === 'rest_pattern' ? l.text(own.children[0]) : l.text(own),
        isRest: own.type === 'rest_pattern',
        type: type === undefined ? undefined : l.expression(type),
        initial: initial === undefined ? undefined : l.expression(initial),
      };
    });
}
