/** PHP's syntax tree as source code of the analysis. It must not know logging. */
import type {
  Argument,
  ClassDefinition,
  Expression,
  FunctionDefinition,
  Parameter,
  Statement,
} from '../source-code.ts';
import { instanceOf } from '../source-code.ts';
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
import { joined, text, unescaped } from './string-literal.ts';

export const phpExpressions: ExpressionTable = {
  name: (node, l) => name(l.text(node)),
  variable_name: (node, l) => name(l.text(node)),
  qualified_name: (node, l) => name(l.text(node).split('\\').at(-1)!),
  namespace_name: (node, l) => name(l.text(node).split('\\').at(-1)!),
  named_type: first,
  relative_scope: (node, l) => name(l.text(node) === 'parent' ? 'parent' : '$this'),
  string: (node, l) =>
    text(
      l
        .text(node)
        .slice(1, -1)
        .replace(/\\([\\'])/g, '$1'),
    ),
  encapsed_string: interpolated,
  heredoc: (node, l) =>
    childOf(node, 'value') === undefined ? text('') : interpolated(childOf(node, 'value')!, l),
  nowdoc: (node, l) => text(l.text(childOf(node, 'value')).replace(/^\n/, '')),
  integer: (node, l) => ({ kind: 'constant', text: l.text(node), isText: false }),
  float: (node, l) => ({ kind: 'constant', text: l.text(node), isText: false }),
  boolean: (node, l) => ({
    kind: 'constant',
    text: l.text(node).toLowerCase() === 'true' ? '1' : '',
    isText: false,
  }),
  parenthesized_expression: first,
  argument: (node, l) => l.expression(node.children.find(({ field }) => field !== 'name')),
  error_suppression_expression: first,
  reference_assignment_expression: assignOf,
  assignment_expression: assignOf,
  augmented_assignment_expression: (node, l) => ({
    kind: 'assign',
    target: l.of(node, 'left'),
    value: unknown(l.of(node, 'right')),
    declares: true,
  }),
  member_access_expression: memberOf,
  nullsafe_member_access_expression: memberOf,
  class_constant_access_expression: (node, l) => ({
    kind: 'member',
    object: l.expression(node.children[0]),
    name: l.text(node.children[1]),
  }),
  scoped_property_access_expression: (node, l) => ({
    kind: 'member',
    object: l.of(node, 'scope'),
    name: l.text(childOf(node, 'name')).replace(/^\$/, ''),
  }),
  subscript_expression: (node, l) =>
    node.children[1] === undefined
      ? unknown(l.expression(node.children[0]))
      : memberAt(l.expression(node.children[0]), l.expression(node.children[1])),
  function_call_expression: (node, l) => callOf(node, l.of(node, 'function'), false, l),
  member_call_expression: (node, l) => callOf(node, memberOf(node, l), false, l),
  nullsafe_member_call_expression: (node, l) => callOf(node, memberOf(node, l), false, l),
  scoped_call_expression: (node, l) =>
    callOf(
      node,
      { kind: 'member', object: l.of(node, 'scope'), name: l.text(childOf(node, 'name')) },
      false,
      l,
    ),
  object_creation_expression: (node, l) => callOf(node, l.expression(node.children[0]), true, l),
  print_intrinsic: (node, l) => printOf(node, 'print', l),
  binary_expression: binaryOf,
  update_expression: (node, l) => ({
    kind: 'assign',
    target: l.of(node, 'argument'),
    value: unknown(),
    declares: true,
  }),
  conditional_expression: (node, l) => ({
    kind: 'choice',
    test: l.of(node, 'condition'),
    options: [
      childOf(node, 'body') === undefined ? l.of(node, 'condition') : l.of(node, 'body'),
      l.of(node, 'alternative'),
    ],
  }),
  match_expression: (node, l) => ({
    kind: 'choice',
    test: l.of(node, 'condition'),
    options: (childOf(node, 'body')?.children ?? []).map((child) => l.of(child, 'return_expression')),
  }),
  anonymous_function: (node, l) => ({ kind: 'function', definition: functionOf(node, l, '<function>') }),
  arrow_function: (node, l) => ({ kind: 'function', definition: functionOf(node, l, '<fn>') }),
  array_creation_expression: arrayOf,
  throw_expression: (node, l) => unknown(...l.expressions(node.children)),
};

export const phpStatements: StatementTable = {
  program: (node, l) => l.statements(node.children),
  compound_statement: (node, l) => [{ kind: 'block', body: l.statements(node.children) }],
  declaration_list: (node, l) => l.statements(node.children),
  php_tag: () => [],
  text: () => [],
  text_interpolation: () => [],
  namespace_definition: (node, l) => l.body(node, 'body'),
  namespace_use_declaration: (node, l) => [
    {
      kind: 'import',
      imports: node.children
        .flatMap((child) => (child.type === 'namespace_use_group' ? child.children : [child]))
        .filter(({ type }) => type === 'namespace_use_clause')
        .map((clause) => useOf(clause, l)),
    },
  ],
  expression_statement: (node, l) =>
    node.children.filter(({ type }) => type !== 'comment').flatMap((child) => statementOf(child, l)),
  echo_statement: (node, l) => [{ kind: 'evaluate', value: printOf(node, 'echo', l) }],
  exit_statement: (node, l) => [
    {
      kind: 'evaluate',
      value: {
        kind: 'call',
        callee: name('exit'),
        arguments: l.expressions(node.children).map((value) => ({ value })),
        isNew: false,
        isUsed: false,
        at: l.at(node),
      },
    },
  ],
  const_declaration: (node, l) =>
    node.children
      .filter(({ type }) => type === 'const_element')
      .map(
        (element): Statement => ({
          kind: 'evaluate',
          value: {
            kind: 'assign',
            target: name(l.text(element.children[0])),
            value: l.expression(element.children[1]),
            declares: true,
          },
        }),
      ),
  global_declaration: () => [],
  function_definition: (node, l) => [{ kind: 'define', definition: functionOf(node, l, '<function>') }],
  class_declaration: (node, l) => [{ kind: 'class', definition: classOf(node, l) }],
  trait_declaration: (node, l) => [{ kind: 'class', definition: classOf(node, l) }],
  interface_declaration: () => [],
  return_statement: (node, l) => [{ kind: 'return', value: l.expressions(node.children)[0] }],
  break_statement: (node, l) => [{ kind: 'break', levels: Number(l.text(node.children[0])) || 1 }],
  continue_statement: (node, l) => [{ kind: 'continue', levels: Number(l.text(node.children[0])) || 1 }],
  if_statement: ifOf,
  while_statement: (node, l) => {
    const test = l.of(node, 'condition');
    return [{ ...plainLoop, test, isEndless: isTrue(test), body: l.body(node, 'body') }];
  },
  do_statement: (node, l) => {
    const test = l.of(node, 'condition');
    return [{ ...plainLoop, test, isEndless: isTrue(test), testsLast: true, body: l.body(node, 'body') }];
  },
  for_statement: (node, l) => {
    const tests = l.allOf(node, 'condition');
    return [
      {
        ...plainLoop,
        before: l.allOf(node, 'initialize'),
        test: tests.length === 0 ? undefined : unknown(...tests),
        after: l.allOf(node, 'update'),
        isEndless: tests.length === 0,
        body: l.statements(childrenOf(node, 'body')),
      },
    ];
  },
  foreach_statement: (node, l) => {
    const [over, target] = node.children.filter(({ field }) => field !== 'body');
    return [
      {
        ...plainLoop,
        before: [
          {
            kind: 'assign',
            target:
              target?.type === 'pair'
                ? { kind: 'list', items: l.expressions(target.children) }
                : l.expression(target),
            value: unknown(l.expression(over)),
            declares: true,
          },
        ],
        body: l.statements(childrenOf(node, 'body')),
      },
    ];
  },
  switch_statement: (node, l) => [
    {
      kind: 'switch',
      subject: l.of(node, 'condition'),
      cases: (childOf(node, 'body')?.children ?? [])
        .filter(({ type }) => /^(case|default)_statement$/.test(type))
        .map((child) => ({
          tests: l.allOf(child, 'value'),
          body: l.statements(child.children.filter(({ field }) => field !== 'value')),
          isDefault: child.type === 'default_statement',
          falls: true,
        })),
    },
  ],
  try_statement: (node, l) => {
    const clauses = node.children.filter(({ type }) => type === 'catch_clause');
    const last = childOfType(node, 'finally_clause');
    return [
      {
        kind: 'try',
        body: l.body(node, 'body'),
        handlers: clauses.map((clause) => l.body(clause, 'body')),
        catchesAll: clauses.some((clause) => /\b(Throwable)\b/.test(l.text(childOf(clause, 'type')))),
        otherwise: [],
        finally: last === undefined ? [] : l.body(last, 'body'),
      },
    ];
  },
};

function first(node: Syntax, l: Lowering): Expression {
  return l.expression(node.children.find(({ type }) => type !== 'comment'));
}

function statementOf(child: Syntax, l: Lowering): readonly Statement[] {
  if (child.type === 'throw_expression') return [{ kind: 'throw', value: l.expressions(child.children)[0] }];
  if (/^(require|include)(_once)?_expression$/.test(child.type)) {
    const path = /['"]([^'"]+\.php)['"]/.exec(l.text(child))?.[1];
    return path === undefined
      ? []
      : [{ kind: 'import', imports: [{ local: '', module: path, name: undefined }] }];
  }
  return [evaluate(l.expression(child))];
}

function interpolated(node: Syntax, l: Lowering): Expression {
  const isHeredoc = node.type === 'heredoc_body';
  const parts = node.children.map((child): Expression => {
    if (child.type === 'string_content') return text(l.text(child));
    return child.type === 'escape_sequence' ? text(unescaped(l.text(child), true)) : l.expression(child);
  });
  return isHeredoc && parts.length === 0 ? text(l.text(node).replace(/^\n/, '')) : joined(parts);
}

function assignOf(node: Syntax, l: Lowering): Expression {
  return { kind: 'assign', target: l.of(node, 'left'), value: l.of(node, 'right'), declares: true };
}

function memberOf(node: Syntax, l: Lowering): Expression {
  return { kind: 'member', object: l.of(node, 'object'), name: l.text(childOf(node, 'name')) };
}

function callOf(node: Syntax, callee: Expression, isNew: boolean, l: Lowering): Expression {
  const list = childOf(node, 'arguments') ?? childOfType(node, 'arguments');
  const args = (list?.children ?? [])
    .filter(({ type }) => type !== 'comment')
    .map((child): Argument => {
      const own = childOf(child, 'name');
      const inner = child.children.find(({ field }) => field !== 'name');
      if (inner?.type === 'variadic_unpacking')
        return { spread: true, value: l.expression(inner.children[0]) };
      return own === undefined
        ? { value: l.expression(inner) }
        : { name: `$${l.text(own)}`, value: l.expression(inner) };
    });
  return { kind: 'call', callee, arguments: args, isNew, isUsed: true, at: l.at(node) };
}

function printOf(node: Syntax, callee: string, l: Lowering): Expression {
  const values = node.children.flatMap((child) =>
    child.type === 'sequence_expression' ? child.children : [child],
  );
  const value: Expression = { kind: 'join', parts: l.expressions(values) };
  return {
    kind: 'call',
    callee: name(callee),
    arguments: [{ value }],
    isNew: false,
    isUsed: false,
    at: l.at(node),
  };
}

function binaryOf(node: Syntax, l: Lowering): Expression {
  const operator = l.text(childOf(node, 'operator')).toLowerCase();
  const [left, right] = [l.of(node, 'left'), l.of(node, 'right')];
  if (operator === '.') return { kind: 'join', parts: [left, right] };
  if (['||', '&&', 'and', 'or', '??'].includes(operator))
    return { kind: 'either', first: left, second: right };
  return unknown(left, right);
}

function arrayOf(node: Syntax, l: Lowering): Expression {
  const elements = node.children.filter(({ type }) => type === 'array_element_initializer');
  if (elements.every(({ children }) => children.length < 2))
    return { kind: 'list', items: elements.map((each) => l.expression(each.children[0])) };
  return {
    kind: 'record',
    fields: elements.map(({ children }) => {
      const key = l.expression(children.length > 1 ? children[0] : undefined);
      return [key.kind === 'constant' ? key.text : '', l.expression(children.at(-1))];
    }),
  };
}

function functionOf(node: Syntax, l: Lowering, otherwise: string): FunctionDefinition {
  const body = childOf(node, 'body');
  return {
    name: l.text(childOf(node, 'name')) || otherwise,
    parameters: parametersOf(childOf(node, 'parameters'), l),
    body:
      body?.type === 'compound_statement' || body === undefined
        ? l.statement(body)
        : [{ kind: 'return', value: l.expression(body) }],
    at: l.at(node),
    decorators: [],
  };
}

function parametersOf(node: Syntax | undefined, l: Lowering): Parameter[] {
  return (node?.children ?? [])
    .filter((child) => childOf(child, 'name') !== undefined)
    .map((child) => {
      const type = childOf(child, 'type');
      const initial = childOf(child, 'default_value');
      return {
        name: l.text(childOf(child, 'name')),
        isRest: child.type === 'variadic_parameter',
        type: type === undefined ? undefined : l.expression(type),
        initial: initial === undefined ? undefined : l.expression(initial),
      };
    });
}

function classOf(node: Syntax, l: Lowering): ClassDefinition {
  const members = childOf(node, 'body')?.children ?? [];
  const methods = members.filter(({ type }) => type === 'method_declaration');
  const fields = members.flatMap((member): (readonly [string, Expression])[] => {
    if (member.type === 'const_declaration')
      return member.children
        .filter(({ type }) => type === 'const_element')
        .map((each) => [l.text(each.children[0]), l.expression(each.children[1])]);
    if (member.type !== 'property_declaration') return [];
    const type = childOf(member, 'type');
    return member.children
      .filter((each) => each.type === 'property_element')
      .flatMap((each): (readonly [string, Expression])[] => {
        const own = l.text(each.children[0]).slice(1);
        if (each.children[1] !== undefined) return [[own, l.expression(each.children[1])]];
        return type === undefined ? [] : [[own, instanceOf(l.expression(type), l.at(type))]];
      });
  });
  const promoted = methods.flatMap((method) =>
    (childOf(method, 'parameters')?.children ?? [])
      .filter(({ type }) => type === 'property_promotion_parameter')
      .flatMap((each): (readonly [string, Expression])[] => {
        const type = childOf(each, 'type');
        return type === undefined
          ? []
          : [[l.text(childOf(each, 'name')).slice(1), instanceOf(l.expression(type), l.at(type))]];
      }),
  );
  return {
    name: l.text(childOf(node, 'name')),
    bases: l.expressions(childOfType(node, 'base_clause')?.children ?? []),
    methods: methods.map((method) => functionOf(method, l, '<method>')),
    fields: [...fields, ...promoted],
    decorators: [],
    at: l.at(node),
  };
}

function useOf(clause: Syntax, l: Lowering) {
  const path = l.text(clause.children[0]).replace(/^\\/, '').replaceAll('\\', '.');
  return {
    local: l.text(childOf(clause, 'alias')) || path.split('.').at(-1)!,
    module: path,
    name: undefined,
  };
}

function ifOf(node: Syntax, l: Lowering): readonly Statement[] {
  let otherwise: readonly Statement[] = [];
  for (const clause of childrenOf(node, 'alternative').reverse()) {
    otherwise =
      clause.type === 'else_clause'
        ? l.body(clause, 'body')
        : [{ kind: 'if', test: l.of(clause, 'condition'), body: l.body(clause, 'body'), otherwise }];
  }
  return [{ kind: 'if', test: l.of(node, 'condition'), body: l.body(node, 'body'), otherwise }];
}
