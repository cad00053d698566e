/** The statements of JavaScript and TypeScript as source code of the analysis. It must not know logging. */
import type { Expression, Import, Statement } from '../source-code.ts';
import { childOf, childOfType, childrenOf, type Syntax } from '../syntax/syntax-tree.ts';
import { classOf, functionOf } from './javascript.ts';
import {
  evaluate,
  isTrue,
  type Lowering,
  name,
  plainLoop,
  type StatementTable,
  unknown,
} from './lowering.ts';

export const javascriptStatements: StatementTable = {
  program: (node, l) => l.statements(node.children),
  statement_block: (node, l) => [{ kind: 'block', body: l.statements(node.children) }],
  expression_statement: (node, l) => {
    const [child] = node.children.filter(({ type }) => type !== 'comment');
    const value = l.expression(child);
    // What is waited for has happened before the next statement.
    return [child?.type === 'await_expression' ? { kind: 'evaluate', value } : evaluate(value)];
  },
  empty_statement: () => [],
  hash_bang_line: () => [],
  import_statement: (node, l) => [{ kind: 'import', imports: importsOf(node, l) }],
  export_statement: exportOf,
  lexical_declaration: declarationOf,
  variable_declaration: declarationOf,
  function_declaration: (node, l) => [{ kind: 'define', definition: functionOf(node, l, 'default') }],
  generator_function_declaration: (node, l) => [
    { kind: 'define', definition: functionOf(node, l, 'default') },
  ],
  class_declaration: (node, l) => [{ kind: 'class', definition: classOf(node, l) }],
  abstract_class_declaration: (node, l) => [{ kind: 'class', definition: classOf(node, l) }],
  return_statement: (node, l) => [{ kind: 'return', value: l.expressions(node.children)[0] }],
  throw_statement: (node, l) => [{ kind: 'throw', value: l.expressions(node.children)[0] }],
  break_statement: (node, l) => [{ kind: 'break', label: label(node, l) }],
  continue_statement: (node, l) => [{ kind: 'continue', label: label(node, l) }],
  if_statement: (node, l) => {
    const otherwise = childOf(node, 'alternative');
    return [
      {
        kind: 'if',
        test: l.of(node, 'condition'),
        body: l.body(node, 'consequence'),
        otherwise: otherwise === undefined ? [] : l.statements(otherwise.children),
      },
    ];
  },
  for_statement: forOf,
  for_in_statement: (node, l) => [
    {
      ...plainLoop,
      before: [
        { kind: 'assign', target: l.of(node, 'left'), value: unknown(l.of(node, 'right')), declares: true },
      ],
      body: l.body(node, 'body'),
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
  labeled_statement: (node, l) => {
    const [body] = l.body(node, 'body');
    const own = l.text(childOf(node, 'label'));
    return body?.kind === 'loop' ? [{ ...body, label: own }] : body === undefined ? [] : [body];
  },
  switch_statement: (node, l) => [
    {
      kind: 'switch',
      subject: l.of(node, 'value'),
      cases: (childOf(node, 'body')?.children ?? [])
        .filter(({ type }) => type === 'switch_case' || type === 'switch_default')
        .map((child) => ({
          tests: l.allOf(child, 'value'),
          body: l.statements(childrenOf(child, 'body')),
          isDefault: child.type === 'switch_default',
          falls: true,
        })),
    },
  ],
  try_statement: (node, l) => {
    const handler = childOf(node, 'handler');
    const last = childOf(node, 'finalizer');
    return [
      {
        kind: 'try',
        body: l.body(node, 'body'),
        handlers: handler === undefined ? [] : [l.body(handler, 'body')],
        catchesAll: handler !== undefined,
        otherwise: [],
        finally: last === undefined ? [] : l.body(last, 'body'),
      },
    ];
  },
  interface_declaration: () => [],
  type_alias_declaration: () => [],
  ambient_declaration: () => [],
  enum_declaration: () => [],
};

function label(node: Syntax, l: Lowering): string | undefined {
  const child = childOf(node, 'label');
  return child === undefined ? undefined : l.text(child);
}

function forOf(node: Syntax, l: Lowering): Statement[] {
  const condition = childOf(node, 'condition');
  const empty = condition === undefined || condition.type === 'empty_statement';
  const increment = childOf(node, 'increment');
  const initial = childOf(node, 'initializer');
  return [
    ...(initial === undefined ? [] : l.statement(initial)),
    {
      ...plainLoop,
      test: empty ? undefined : l.expression(condition),
      after: increment === undefined ? [] : [l.expression(increment)],
      isEndless: empty,
      body: l.body(node, 'body'),
    },
  ];
}

function declarationOf(node: Syntax, l: Lowering): Statement[] {
  return node.children
    .filter(({ type }) => type === 'variable_declarator')
    .flatMap((child): Statement[] => {
      const value = childOf(child, 'value');
      const target = childOf(child, 'name');
      const module = requiredModule(value, l);
      if (module !== undefined && target !== undefined) {
        return [{ kind: 'import', imports: requiredNames(target, module, l) }];
      }
      const named = value?.type === 'arrow_function' || value?.type === 'function_expression';
      const lowered: Expression =
        named && target !== undefined
          ? { kind: 'function', definition: functionOf(value, l, l.text(target)) }
          : l.expression(value);
      return [
        {
          kind: 'evaluate',
          value: { kind: 'assign', target: l.expression(target), value: lowered, declares: true },
        },
      ];
    });
}

function requiredModule(value: Syntax | undefined, l: Lowering): string | undefined {
  const match = /^(?:await\s+import|require)\(\s*(['"`])([^'"`$]+)\1\s*\)$/.exec(l.text(value));
  return match?.[2];
}

function requiredNames(target: Syntax, module: string, l: Lowering): Import[] {
  if (target.type !== 'object_pattern') return [{ local: l.text(target), module, name: undefined }];
  return target.children.map((child) => {
    const key = l.text(childOf(child, 'key') ?? child);
    return { local: l.text(childOf(child, 'value')) || key, module, name: key };
  });
}

function importsOf(node: Syntax, l: Lowering): Import[] {
  const module = l.text(childOf(node, 'source')).slice(1, -1);
  const clause = childOfType(node, 'import_clause');
  if (clause === undefined) return [{ local: '', module, name: undefined }];
  return clause.children.flatMap((child): Import[] => {
    if (child.type === 'identifier') return [{ local: l.text(child), module, name: 'default' }];
    if (child.type === 'namespace_import') {
      return [{ local: l.text(child.children[0]), module, name: undefined }];
    }
    return child.children.map((each) => {
      const own = l.text(childOf(each, 'name'));
      return { local: l.text(childOf(each, 'alias')) || own, module, name: own };
    });
  });
}

/** Exports are assignments to members of `exports`. */
function exportOf(node: Syntax, l: Lowering): Statement[] {
  const declaration = childOf(node, 'declaration');
  const value = childOf(node, 'value');
  const isDefault = /^export\s+default\b/.test(l.text(node).slice(0, 40));
  if (declaration !== undefined) {
    const statements = l.statement(declaration);
    return [
      ...statements,
      ...declared(statements).map((own) => exported(isDefault ? 'default' : own, name(own))),
    ];
  }
  if (value !== undefined) return [exported('default', l.expression(value))];
  const source = childOf(node, 'source');
  const specifiers = childOfType(node, 'export_clause')?.children ?? [];
  return specifiers.flatMap((each): Statement[] => {
    const own = l.text(childOf(each, 'name'));
    const alias = l.text(childOf(each, 'alias')) || own;
    if (source === undefined) return [exported(alias, name(own))];
    const local = `export ${alias}`;
    return [
      { kind: 'import', imports: [{ local, module: l.text(source).slice(1, -1), name: own }] },
      exported(alias, name(local)),
    ];
  });
}

function declared(statements: readonly Statement[]): string[] {
  return statements.flatMap((statement) => {
    if (statement.kind === 'define' || statement.kind === 'class') return [statement.definition.name];
    if (statement.kind !== 'evaluate' || statement.value.kind !== 'assign') return [];
    const { target } = statement.value;
    return target.kind === 'name' ? [target.name] : [];
  });
}

function exported(as: string, value: Expression): Statement {
  const target: Expression = { kind: 'member', object: name('exports'), name: as };
  return { kind: 'evaluate', value: { kind: 'assign', target, value, declares: false } };
}
