/** Java's syntax tree as source code of the analysis. It must not know logging. */
import type {
  ClassDefinition,
  Expression,
  FunctionDefinition,
  Parameter,
  Statement,
} from '../source-code.ts';
import { instanceOf, nothing } from '../source-code.ts';
import { childOf, childOfType, childrenOf, type Syntax } from '../syntax/syntax-tree.ts';
import {
  type ExpressionTable,
  evaluate,
  isTrue,
  type Lowering,
  memberAt,
  name,
  plainLoop,
  type StatementTable,
  unknown,
} from './lowering.ts';
import { text, unescaped } from './string-literal.ts';

export const javaExpressions: ExpressionTable = {
  identifier: (node, l) => name(l.text(node)),
  type_identifier: (node, l) => name(l.text(node)),
  scoped_type_identifier: (node, l) => l.expression(node.children.at(-1)),
  generic_type: (node, l) => l.expression(node.children[0]),
  this: () => name('this'),
  super: () => name('super'),
  string_literal: (node, l) => text(stringOf(l.text(node))),
  character_literal: (node, l) => text(unescaped(l.text(node).slice(1, -1))),
  decimal_integer_literal: (node, l) => ({
    kind: 'constant',
    text: l.text(node).replace(/[_lL]/g, ''),
    isText: false,
  }),
  true: () => ({ kind: 'constant', text: 'true', isText: false }),
  false: () => ({ kind: 'constant', text: 'false', isText: false }),
  null_literal: () => ({ kind: 'constant', text: 'null', isText: false }),
  parenthesized_expression: (node, l) => l.expression(node.children[0]),
  cast_expression: (node, l) => l.of(node, 'value'),
  field_access: (node, l) => ({
    kind: 'member',
    object: l.of(node, 'object'),
    name: l.text(childOf(node, 'field')),
  }),
  array_access: (node, l) => memberAt(l.of(node, 'array'), l.of(node, 'index')),
  method_reference: (node, l) => ({
    kind: 'member',
    object: l.expression(node.children[0]),
    name: l.text(node.children.at(-1)),
  }),
  method_invocation: (node, l) => {
    const object = childOf(node, 'object');
    const own = l.text(childOf(node, 'name'));
    return callOf(
      node,
      object === undefined ? name(own) : { kind: 'member', object: l.expression(object), name: own },
      false,
      l,
    );
  },
  object_creation_expression: (node, l) => callOf(node, l.of(node, 'type'), true, l),
  binary_expression: (node, l) => {
    const operator = l.text(childOf(node, 'operator'));
    const [left, right] = [l.of(node, 'left'), l.of(node, 'right')];
    if (operator === '+') return { kind: 'join', parts: [left, right] };
    return operator === '&&' || operator === '||'
      ? { kind: 'either', first: left, second: right }
      : unknown(left, right);
  },
  update_expression: stepped,
  ternary_expression: (node, l) => ({
    kind: 'choice',
    test: l.of(node, 'condition'),
    options: [l.of(node, 'consequence'), l.of(node, 'alternative')],
  }),
  switch_expression: (node, l) => ({
    kind: 'choice',
    test: l.of(node, 'condition'),
    options: casesOf(node).flatMap((each) =>
      l.expressions(
        each.children
          .filter(({ type }) => type === 'expression_statement')
          .flatMap(({ children }) => children),
      ),
    ),
  }),
  assignment_expression: (node, l) => {
    const isPlain = l.text(childOf(node, 'operator')) === '=';
    const right = l.of(node, 'right');
    return {
      kind: 'assign',
      target: l.of(node, 'left'),
      value: isPlain ? right : unknown(right),
      declares: false,
    };
  },
  lambda_expression: (node, l) => ({ kind: 'function', definition: lambdaOf(node, l) }),
  annotation: (node, l) => l.of(node, 'name'),
  marker_annotation: (node, l) => l.of(node, 'name'),
};

export const javaStatements: StatementTable = {
  program: (node, l) => l.statements(node.children),
  package_declaration: () => [],
  import_declaration: (node, l) => {
    const path = l.text(node.children.find(({ type }) => type !== 'asterisk'));
    if (childOfType(node, 'asterisk') !== undefined) return [];
    return [{ kind: 'import', imports: [{ local: path.split('.').at(-1)!, module: path, name: undefined }] }];
  },
  block: blockOf,
  constructor_body: blockOf,
  class_declaration: (node, l) => [{ kind: 'class', definition: classOf(node, l) }],
  record_declaration: (node, l) => [{ kind: 'class', definition: classOf(node, l) }],
  enum_declaration: (node, l) => [{ kind: 'class', definition: classOf(node, l) }],
  interface_declaration: (node, l) => [{ kind: 'class', definition: classOf(node, l) }],
  expression_statement: (node, l) =>
    node.children
      .filter(({ type }) => type !== 'comment')
      .flatMap((child) =>
        child.type === 'switch_expression' ? switchOf(child, l) : [evaluate(l.expression(child))],
      ),
  switch_expression: switchOf,
  local_variable_declaration: (node, l) =>
    variables(node, l).map(
      ([own, value]): Statement => ({
        kind: 'evaluate',
        value: { kind: 'assign', target: name(own), value, declares: true },
      }),
    ),
  return_statement: (node, l) => [{ kind: 'return', value: l.expressions(node.children)[0] }],
  throw_statement: (node, l) => [{ kind: 'throw', value: l.expressions(node.children)[0] }],
  yield_statement: (node, l) => l.expressions(node.children).map(evaluate),
  break_statement: (node, l) => [{ kind: 'break', label: node.children[0] && l.text(node.children[0]) }],
  continue_statement: (node, l) => [
    { kind: 'continue', label: node.children[0] && l.text(node.children[0]) },
  ],
  if_statement: (node, l) => [
    {
      kind: 'if',
      test: l.of(node, 'condition'),
      body: l.body(node, 'consequence'),
      otherwise: l.body(node, 'alternative'),
    },
  ],
  while_statement: (node, l) => {
    const test = l.of(node, 'condition');
    return [{ ...plainLoop, test, isEndless: isTrue(test), body: l.body(node, 'body') }];
  },
  do_statement: (node, l) => {
    const test = l.of(node, 'condition');
    return [{ ...plainLoop, test, isEndless: isTrue(test), testsLast: true, body: l.body(node, 'body') }];
  },
  for_statement: (node, l) => {
    const condition = childOf(node, 'condition');
    return [
      ...childrenOf(node, 'init').flatMap((each) => l.statement(each)),
      {
        ...plainLoop,
        test: condition === undefined ? undefined : l.expression(condition),
        after: l.allOf(node, 'update'),
        isEndless: condition === undefined,
        body: l.body(node, 'body'),
      },
    ];
  },
  enhanced_for_statement: (node, l) => [
    {
      ...plainLoop,
      before: [
        { kind: 'assign', target: l.of(node, 'name'), value: unknown(l.of(node, 'value')), declares: true },
      ],
      body: l.body(node, 'body'),
    },
  ],
  labeled_statement: (node, l) => {
    const [label, ...rest] = node.children;
    return l
      .statements(rest)
      .map((each) => (each.kind === 'loop' ? { ...each, label: l.text(label) } : each));
  },
  synchronized_statement: (node, l) => [evaluate(l.expression(node.children[0])), ...l.body(node, 'body')],
  try_statement: tryOf,
  try_with_resources_statement: tryOf,
};

function blockOf(node: Syntax, l: Lowering): readonly Statement[] {
  return [{ kind: 'block', body: l.statements(node.children) }];
}

function stringOf(literal: string): string {
  if (!literal.startsWith('"""')) return unescaped(literal.slice(1, -1));
  const lines = literal
    .slice(3, -3)
    .replace(/^[^\n]*\n/, '')
    .split('\n');
  const indents = lines
    .filter((line, index) => /\S/.test(line) || index === lines.length - 1)
    .map((line) => /^\s*/.exec(line)![0].length);
  return unescaped(lines.map((line) => line.slice(Math.min(...indents))).join('\n'));
}

function callOf(node: Syntax, callee: Expression, isNew: boolean, l: Lowering): Expression {
  const args = childOf(node, 'arguments')?.children ?? [];
  return {
    kind: 'call',
    callee,
    arguments: l.expressions(args).map((value) => ({ value })),
    isNew,
    isUsed: true,
    at: l.at(node),
  };
}

function lambdaOf(node: Syntax, l: Lowering): FunctionDefinition {
  const list = childOf(node, 'parameters');
  const body = childOf(node, 'body');
  const names =
    list?.type === 'identifier' ? [list] : (list?.children ?? []).filter(({ type }) => type === 'identifier');
  return {
    name: '<lambda>',
    parameters:
      list?.type === 'formal_parameters'
        ? parametersOf(list, l)
        : names.map((each) => ({ name: l.text(each) })),
    body: body?.type === 'block' ? l.statement(body) : [{ kind: 'return', value: l.expression(body) }],
    at: l.at(node),
    decorators: [],
  };
}

function variables(node: Syntax, l: Lowering): (readonly [string, Expression])[] {
  const type = childOf(node, 'type');
  return childrenOf(node, 'declarator').map((declarator) => {
    const given = childOf(declarator, 'value');
    const value =
      given !== undefined
        ? l.expression(given)
        : type === undefined
          ? nothing
          : instanceOf(l.expression(type), l.at(type));
    return [l.text(childOf(declarator, 'name')), value];
  });
}

function classOf(node: Syntax, l: Lowering): ClassDefinition {
  const body = childOf(node, 'body')?.children ?? [];
  const members = body.flatMap((member) =>
    member.type === 'enum_body_declarations' ? member.children : [member],
  );
  const inner = members.filter(({ type }) => /^(class|record|enum|interface)_declaration$/.test(type));
  return {
    name: l.text(childOf(node, 'name')),
    bases: l.expressions([
      ...(childOf(node, 'superclass')?.children ?? []),
      ...(childOf(node, 'interfaces')?.children[0]?.children ?? []),
    ]),
    methods: members
      .filter(({ type }) => /^(method|constructor|compact_constructor)_declaration$/.test(type))
      .map((member) => methodOf(member, l)),
    fields: [
      ...members
        .filter(({ type }) => type === 'field_declaration' || type === 'constant_declaration')
        .flatMap((member) => variables(member, l)),
      ...inner.map((each) => [l.text(childOf(each, 'name')), name(l.text(childOf(each, 'name')))] as const),
    ],
    decorators: decoratorsOf(node, l),
    at: l.at(node),
  };
}

function methodOf(node: Syntax, l: Lowering): FunctionDefinition {
  return {
    name: l.text(childOf(node, 'name')),
    parameters: parametersOf(childOf(node, 'parameters'), l),
    body: l.body(node, 'body'),
    at: l.at(node),
    decorators: decoratorsOf(node, l),
  };
}

function decoratorsOf(node: Syntax, l: Lowering): Expression[] {
  const modifiers = childOfType(node, 'modifiers')?.children ?? [];
  return modifiers.filter(({ type }) => /annotation$/.test(type)).map((each) => l.expression(each));
}

function parametersOf(node: Syntax | undefined, l: Lowering): Parameter[] {
  return (node?.children ?? []).flatMap((child): Parameter[] => {
    const own = childOf(child, 'name') ?? childOf(childOfType(child, 'variable_declarator') ?? child, 'name');
    if (own === undefined) return [];
    const type = childOf(child, 'type');
    return [
      {
        name: l.text(own),
        isRest: child.type === 'spread_parameter',
        type: type === undefined ? undefined : l.expression(type),
      },
    ];
  });
}

function casesOf(node: Syntax): readonly Syntax[] {
  const types = ['switch_block_statement_group', 'switch_rule'];
  return (childOf(node, 'body')?.children ?? []).filter(({ type }) => types.includes(type));
}

function switchOf(node: Syntax, l: Lowering): Statement[] {
  return [
    {
      kind: 'switch',
      subject: l.of(node, 'condition'),
      cases: casesOf(node).map((child) => {
        const labels = child.children.filter(({ type }) => type === 'switch_label');
        return {
          tests: l.expressions(labels.flatMap((label) => label.children)),
          body: l.statements(child.children.filter(({ type }) => type !== 'switch_label')),
          isDefault: labels.some((label) => l.text(label).startsWith('default')),
          falls: child.type === 'switch_block_statement_group',
        };
      }),
    },
  ];
}

function tryOf(node: Syntax, l: Lowering): Statement[] {
  const clauses = node.children.filter(({ type }) => type === 'catch_clause');
  const last = childOfType(node, 'finally_clause');
  const resources = (childOf(node, 'resources')?.children ?? []).map(
    (each): Statement => ({
      kind: 'evaluate',
      value: { kind: 'assign', target: l.of(each, 'name'), value: l.of(each, 'value'), declares: true },
    }),
  );
  const catches = clauses.map((clause) => l.text(childOfType(clause, 'catch_formal_parameter')));
  return [
    {
      kind: 'try',
      body: [...resources, ...l.body(node, 'body')],
      handlers: clauses.map((clause) => l.body(clause, 'body')),
      catchesAll: catches.some((each) => /\b(Throwable|Exception)\s+\w+$/.test(each)),
      otherwise: [],
      finally: last === undefined ? [] : l.statement(childOfType(last, 'block')),
    },
  ];
}

function stepped(node: Syntax, l: Lowering): Expression {
  const [target] = node.children;
  return { kind: 'assign', target: l.expression(target), value: unknown(), declares: false };
}
