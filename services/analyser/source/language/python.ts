/** Python's syntax tree as source code of the analysis. It must not know logging. */
import type { Argument, ClassDefinition, Expression, FunctionDefinition, Parameter } from '../source-code.ts';
import { instanceOf, type Statement } from '../source-code.ts';
import { childOf, childOfType, childrenOf, type Syntax } from '../syntax/syntax-tree.ts';
import {
  dotted,
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
import { conversionOfSpec, joined, text, unescaped } from './string-literal.ts';

export const pythonExpressions: ExpressionTable = {
  identifier: (node, l) => name(l.text(node)),
  dotted_name: (node, l) => dotted(l.text(node)),
  string: stringOf,
  concatenated_string: (node, l) => joined(l.expressions(node.children)),
  integer: (node, l) => ({ kind: 'constant', text: l.text(node).replaceAll('_', ''), isText: false }),
  true: () => ({ kind: 'constant', text: 'True', isText: false }),
  false: () => ({ kind: 'constant', text: 'False', isText: false }),
  none: () => ({ kind: 'constant', text: 'None', isText: false }),
  parenthesized_expression: (node, l) => l.expression(node.children[0]),
  type: (node, l) => l.expression(node.children[0]),
  expression_list: listOf,
  tuple: listOf,
  list: listOf,
  pattern_list: listOf,
  tuple_pattern: listOf,
  attribute: (node, l) => ({
    kind: 'member',
    object: l.of(node, 'object'),
    name: l.text(childOf(node, 'attribute')),
  }),
  call: callOf,
  await: (node, l) => l.expression(node.children[0]),
  binary_operator: binaryOf,
  boolean_operator: (node, l) => ({
    kind: 'either',
    first: l.of(node, 'left'),
    second: l.of(node, 'right'),
  }),
  conditional_expression: (node, l) => {
    const [yes, test, no] = l.expressions(node.children);
    return { kind: 'choice', test: test ?? unknown(), options: [yes ?? unknown(), no ?? unknown()] };
  },
  assignment: (node, l) => {
    const right = childOf(node, 'right');
    const type = childOf(node, 'type');
    if (right === undefined) return unknown();
    const value = l.expression(right);
    const known = value.kind === 'unknown' && type !== undefined ? typed(type, l, value) : value;
    return { kind: 'assign', target: l.of(node, 'left'), value: known, declares: true };
  },
  augmented_assignment: (node, l) => ({
    kind: 'assign',
    target: l.of(node, 'left'),
    value: unknown(l.of(node, 'right')),
    declares: true,
  }),
  named_expression: (node, l) => ({
    kind: 'assign',
    target: l.of(node, 'name'),
    value: l.of(node, 'value'),
    declares: true,
  }),
  lambda: (node, l) => ({
    kind: 'function',
    definition: {
      name: '<lambda>',
      parameters: parametersOf(childOf(node, 'parameters'), l),
      body: [{ kind: 'return', value: l.of(node, 'body') }],
      at: l.at(node),
      decorators: [],
    },
  }),
  dictionary: (node, l) => ({
    kind: 'record',
    fields: node.children
      .filter((child) => child.type === 'pair')
      .map((pair) => {
        const key = l.of(pair, 'key');
        return [key.kind === 'constant' ? key.text : '', l.of(pair, 'value')];
      }),
  }),
  type_conversion: () => unknown(),
  subscript: (node, l) => memberAt(l.of(node, 'value'), l.of(node, 'subscript')),
};

export const pythonStatements: StatementTable = {
  module: (node, l) => l.statements(node.children),
  block: (node, l) => l.statements(node.children),
  expression_statement: (node, l) => l.expressions(node.children).map(evaluate),
  pass_statement: () => [],
  global_statement: () => [],
  nonlocal_statement: () => [],
  import_statement: importOf,
  import_from_statement: importFromOf,
  future_import_statement: () => [],
  function_definition: (node, l) => [{ kind: 'define', definition: functionOf(node, l, []) }],
  class_definition: (node, l) => [{ kind: 'class', definition: classOf(node, l, []) }],
  decorated_definition: decoratedOf,
  return_statement: (node, l) => [{ kind: 'return', value: l.expressions(node.children)[0] }],
  raise_statement: (node, l) => [{ kind: 'throw', value: l.expressions(node.children)[0] }],
  break_statement: () => [{ kind: 'break' }],
  continue_statement: () => [{ kind: 'continue' }],
  if_statement: ifOf,
  while_statement: (node, l) => {
    const test = l.of(node, 'condition');
    const otherwise = elseOf(node, l);
    return [
      { ...plainLoop, before: [], test, isEndless: isTrue(test), body: l.body(node, 'body'), otherwise },
    ];
  },
  for_statement: (node, l) => [
    {
      ...plainLoop,
      before: [
        {
          kind: 'assign',
          target: l.of(node, 'left'),
          value: unknown(l.of(node, 'right')),
          declares: true,
        },
      ],
      body: l.body(node, 'body'),
      otherwise: elseOf(node, l),
    },
  ],
  try_statement: tryOf,
  with_statement: (node, l) => [
    ...(childOfType(node, 'with_clause')?.children ?? []).map((item): Statement => {
      const value = childOf(item, 'value');
      if (value?.type !== 'as_pattern') return evaluate(l.expression(value));
      const [manager, alias] = value.children;
      const target = l.expression(alias?.children[0]);
      return {
        kind: 'evaluate',
        value: { kind: 'assign', target, value: l.expression(manager), declares: true },
      };
    }),
    ...l.body(node, 'body'),
  ],
  match_statement: (node, l) => [
    {
      kind: 'switch',
      ignoresBreak: true,
      subject: l.of(node, 'subject'),
      cases: (childOf(node, 'body')?.children ?? [])
        .filter((child) => child.type === 'case_clause')
        .map((child) => ({
          tests: l.expressions(child.children.filter((part) => part.field === 'guard')),
          body: l.body(child, 'consequence'),
          isDefault:
            childOf(child, 'guard') === undefined && l.text(childOfType(child, 'case_pattern')) === '_',
          falls: false,
        })),
    },
  ],
};

function listOf(node: Syntax, l: Lowering): Expression {
  return { kind: 'list', items: l.expressions(node.children) };
}

function typed(type: Syntax, l: Lowering, value: Expression): Expression {
  return value.kind === 'unknown' && value.parts.length === 0
    ? instanceOf(l.expression(type), l.at(type))
    : value;
}

function stringOf(node: Syntax, l: Lowering): Expression {
  const prefix = l.text(childOfType(node, 'string_start')).toLowerCase();
  const raw = prefix.includes('r');
  const formatted = prefix.includes('f') || prefix.includes('t');
  const parts = node.children.flatMap((child): Expression[] => {
    if (child.type === 'string_content') {
      const content = raw ? l.text(child) : unescaped(l.text(child), true);
      return [text(formatted ? content.replaceAll('{{', '{').replaceAll('}}', '}') : content)];
    }
    if (child.type !== 'interpolation') return [];
    const value = l.of(child, 'expression');
    const spec = l.text(childOfType(child, 'format_specifier')).slice(1);
    // `{x=}` prints the expression too.
    const source = l.text(child);
    const echo = /=\s*(?:![rsa])?(?::[^}]*)?\}$/.test(source) && !/[=!<>]=\s*\}$/.test(source);
    const [conversion, after] = conversionOfSpec(spec);
    const shown: Expression =
      spec === '' && childOfType(child, 'type_conversion') === undefined && !echo
        ? value
        : { kind: 'converted', conversion, value };
    return [...(echo ? [text(source.slice(1, source.lastIndexOf('=') + 1))] : []), shown, text(after)];
  });
  return joined(parts);
}

function binaryOf(node: Syntax, l: Lowering): Expression {
  const operator = l.text(childOf(node, 'operator'));
  const left = l.of(node, 'left');
  const right = l.of(node, 'right');
  if (operator === '+') return { kind: 'join', parts: [left, right] };
  if (operator === '%') return { kind: 'format', template: left, values: right };
  return unknown(left, right);
}

function callOf(node: Syntax, l: Lowering): Expression {
  const list = childOf(node, 'arguments');
  const inner = list?.type === 'argument_list' ? list.children : list === undefined ? [] : [list];
  const args = inner
    .filter((child) => child.type !== 'comment')
    .map((child): Argument => {
      if (child.type === 'keyword_argument') {
        return { name: l.text(childOf(child, 'name')), value: l.of(child, 'value') };
      }
      if (child.type === 'list_splat' || child.type === 'dictionary_splat') {
        return { spread: true, value: l.expression(child.children[0]) };
      }
      return { value: l.expression(child) };
    });
  return {
    kind: 'call',
    callee: l.of(node, 'function'),
    arguments: args,
    isNew: false,
    isUsed: true,
    at: l.at(node),
  };
}

function parametersOf(node: Syntax | undefined, l: Lowering): Parameter[] {
  return (node?.children ?? []).flatMap((child): Parameter[] => {
    if (child.type === 'identifier') return [{ name: l.text(child) }];
    if (child.type === 'list_splat_pattern' || child.type === 'dictionary_splat_pattern') {
      return [{ name: l.text(child.children[0]), isRest: true }];
    }
    const own = childOf(child, 'name') ?? child.children[0];
    if (own === undefined || child.type === 'comment') return [];
    const type = childOf(child, 'type');
    const initial = childOf(child, 'value');
    return [
      {
        name: l.text(own).replace(/^\*+/, ''),
        isRest: own.type.includes('splat'),
        type: type === undefined ? undefined : l.expression(type),
        initial: initial === undefined ? undefined : l.expression(initial),
      },
    ];
  });
}

function functionOf(node: Syntax, l: Lowering, decorators: readonly Expression[]): FunctionDefinition {
  return {
    name: l.text(childOf(node, 'name')),
    parameters: parametersOf(childOf(node, 'parameters'), l),
    body: l.body(node, 'body'),
    at: l.at(node),
    decorators,
  };
}

function classOf(node: Syntax, l: Lowering, decorators: readonly Expression[]): ClassDefinition {
  const methods: FunctionDefinition[] = [];
  const fields: (readonly [string, Expression])[] = [];
  for (const statement of l.body(node, 'body')) {
    if (statement.kind === 'define') methods.push(statement.definition);
    else if (statement.kind === 'evaluate' && statement.value.kind === 'assign') {
      const { target, value } = statement.value;
      if (target.kind === 'name') fields.push([target.name, value]);
    }
  }
  const bases = childOf(node, 'superclasses')?.children ?? [];
  return {
    name: l.text(childOf(node, 'name')),
    bases: l.expressions(bases.filter((base) => base.type !== 'keyword_argument')),
    methods,
    fields,
    decorators,
    at: l.at(node),
  };
}

function decoratedOf(node: Syntax, l: Lowering): Statement[] {
  const decorators = node.children
    .filter((child) => child.type === 'decorator')
    .map((child) => l.expression(child.children[0]));
  const definition = childOf(node, 'definition');
  if (definition?.type === 'function_definition') {
    return [{ kind: 'define', definition: functionOf(definition, l, decorators) }];
  }
  if (definition?.type === 'class_definition') {
    return [{ kind: 'class', definition: classOf(definition, l, decorators) }];
  }
  return [];
}

function importOf(node: Syntax, l: Lowering): Statement[] {
  const imports = childrenOf(node, 'name').map((child) => {
    const module = l.text(child.type === 'aliased_import' ? childOf(child, 'name') : child);
    const alias = childOf(child, 'alias');
    // `import a.b` binds `a`.
    return alias === undefined
      ? { local: module.split('.')[0], module: module.split('.')[0]!, name: undefined }
      : { local: l.text(alias), module, name: undefined };
  });
  return [{ kind: 'import', imports }];
}

function importFromOf(node: Syntax, l: Lowering): Statement[] {
  const module = l.text(childOf(node, 'module_name'));
  if (childOfType(node, 'wildcard_import') !== undefined) {
    return [{ kind: 'import', imports: [{ local: undefined, module, name: undefined }] }];
  }
  const imports = childrenOf(node, 'name').map((child) => {
    const own = l.text(child.type === 'aliased_import' ? childOf(child, 'name') : child);
    return { local: l.text(childOf(child, 'alias')) || own, module, name: own };
  });
  return [{ kind: 'import', imports }];
}

function elseOf(node: Syntax, l: Lowering): readonly Statement[] {
  const clause = childrenOf(node, 'alternative').find((child) => child.type === 'else_clause');
  return clause === undefined ? [] : l.body(clause, 'body');
}

function ifOf(node: Syntax, l: Lowering): Statement[] {
  let otherwise = elseOf(node, l);
  const clauses = childrenOf(node, 'alternative').filter((child) => child.type === 'elif_clause');
  for (const clause of clauses.reverse()) {
    otherwise = [
      { kind: 'if', test: l.of(clause, 'condition'), body: l.body(clause, 'consequence'), otherwise },
    ];
  }
  return [{ kind: 'if', test: l.of(node, 'condition'), body: l.body(node, 'consequence'), otherwise }];
}

function tryOf(node: Syntax, l: Lowering): Statement[] {
  const clauses = node.children.filter((child) => /^except(_group)?_clause$/.test(child.type));
  const catches = clauses.map((clause) => l.text(childOf(clause, 'value')));
  const otherwise = childOfType(node, 'else_clause');
  const last = childOfType(node, 'finally_clause');
  return [
    {
      kind: 'try',
      body: l.body(node, 'body'),
      handlers: clauses.map((clause) => l.statement(childOfType(clause, 'block'))),
      catchesAll: catches.some((value) => /^$|^(Base)?Exception\b/.test(value)),
      otherwise: otherwise === undefined ? [] : l.body(otherwise, 'body'),
      finally: last === undefined ? [] : l.statement(childOfType(last, 'block')),
    },
  ];
}
