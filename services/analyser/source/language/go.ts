/** Go's syntax tree as source code of the analysis. It must not know logging. */
import type { Argument, Expression, FunctionDefinition, Parameter, Statement } from '../source-code.ts';
import { instanceOf, nothing } from '../source-code.ts';
import { childOf, childOfType, childrenOf, type Syntax } from '../syntax/syntax-tree.ts';
import {
  type ExpressionTable,
  evaluate,
  type Lowering,
  memberAt,
  name,
  plainLoop,
  type StatementTable,
  unknown,
} from './lowering.ts';
import { text, unescaped } from './string-literal.ts';

export const goExpressions: ExpressionTable = {
  identifier: (node, l) => name(l.text(node)),
  type_identifier: (node, l) => name(l.text(node)),
  package_identifier: (node, l) => name(l.text(node)),
  pointer_type: (node, l) => l.expression(node.children[0]),
  generic_type: (node, l) => l.of(node, 'type'),
  qualified_type: (node, l) => ({
    kind: 'member',
    object: l.of(node, 'package'),
    name: l.text(childOf(node, 'name')),
  }),
  interpreted_string_literal: (node, l) => text(unescaped(l.text(node).slice(1, -1))),
  raw_string_literal: (node, l) => text(l.text(node).slice(1, -1)),
  rune_literal: (node, l) => ({ kind: 'constant', text: l.text(node), isText: false }),
  int_literal: (node, l) => ({ kind: 'constant', text: l.text(node), isText: false }),
  true: () => ({ kind: 'constant', text: 'true', isText: false }),
  false: () => ({ kind: 'constant', text: 'false', isText: false }),
  parenthesized_expression: (node, l) => l.expression(node.children[0]),
  expression_list: listOf,
  selector_expression: (node, l) => ({
    kind: 'member',
    object: l.of(node, 'operand'),
    name: l.text(childOf(node, 'field')),
  }),
  index_expression: (node, l) => memberAt(l.of(node, 'operand'), l.of(node, 'index')),
  call_expression: callOf,
  binary_expression: (node, l) => {
    const operator = l.text(childOf(node, 'operator'));
    const [left, right] = [l.of(node, 'left'), l.of(node, 'right')];
    if (operator === '+') return { kind: 'join', parts: [left, right] };
    return operator === '&&' || operator === '||'
      ? { kind: 'either', first: left, second: right }
      : unknown(left, right);
  },
  unary_expression: (node, l) =>
    l.text(childOf(node, 'operator')) === '&' ? l.of(node, 'operand') : unknown(l.of(node, 'operand')),
  inc_statement: stepped,
  dec_statement: stepped,
  func_literal: (node, l) => ({ kind: 'function', definition: functionOf(node, l, '<func>') }),
  composite_literal: compositeOf,
  short_var_declaration: (node, l) => assignOf(node, l, true),
  assignment_statement: (node, l) => {
    const isPlain = l.text(childOf(node, 'operator')) === '=';
    return isPlain
      ? assignOf(node, l, false)
      : {
          kind: 'assign',
          target: l.expression(childOf(node, 'left')?.children[0]),
          value: unknown(l.of(node, 'right')),
          declares: false,
        };
  },
};

export const goStatements: StatementTable = {
  source_file: (node, l) => l.statements(node.children),
  package_clause: () => [],
  block: (node, l) => [{ kind: 'block', body: l.statements(node.children) }],
  statement_list: (node, l) => l.statements(node.children),
  import_declaration: (node, l) => [
    { kind: 'import', imports: importSpecs(node).map((spec) => importOf(spec, l)) },
  ],
  const_declaration: (node, l) => node.children.flatMap((spec) => declared(spec, l)),
  var_declaration: (node, l) =>
    node.children
      .flatMap((spec) => (spec.type === 'var_spec_list' ? spec.children : [spec]))
      .flatMap((spec) => declared(spec, l)),
  type_declaration: (node, l) =>
    node.children.map((spec): Statement => ({ kind: 'class', definition: typeOf(spec, l) })),
  function_declaration: (node, l) => [{ kind: 'define', definition: functionOf(node, l, '<func>') }],
  method_declaration: (node, l) => [{ kind: 'define', definition: functionOf(node, l, '<func>') }],
  expression_statement: (node, l) =>
    l
      .expressions(node.children)
      .flatMap((value) =>
        isPanic(value)
          ? [{ kind: 'throw', value: unknown(...value.arguments.map((each) => each.value)) }]
          : [evaluate(value)],
      ),
  return_statement: (node, l) => [{ kind: 'return', value: returned(l.expressions(node.children)[0]) }],
  defer_statement: (node, l) =>
    l.expressions(node.children).map((value): Statement => ({ kind: 'defer', value })),
  go_statement: (node, l) =>
    l.expressions(node.children).map((value): Statement => ({ kind: 'evaluate', value: started(value) })),
  if_statement: (node, l) => {
    const initializer = childOf(node, 'initializer');
    return [
      ...(initializer === undefined ? [] : l.statement(initializer)),
      {
        kind: 'if',
        test: l.of(node, 'condition'),
        body: l.body(node, 'consequence'),
        otherwise: l.body(node, 'alternative'),
      },
    ];
  },
  for_statement: (node, l) => [...forOf(node, l)],
  labeled_statement: (node, l) => {
    const [label, ...rest] = node.children;
    return l
      .statements(rest)
      .map((each) => (each.kind === 'loop' ? { ...each, label: l.text(label) } : each));
  },
  break_statement: (node, l) => [{ kind: 'break', label: labelOf(node, l) }],
  continue_statement: (node, l) => [{ kind: 'continue', label: labelOf(node, l) }],
  expression_switch_statement: switchOf,
  type_switch_statement: switchOf,
  select_statement: switchOf,
  fallthrough_statement: () => [],
};

function listOf(node: Syntax, l: Lowering): Expression {
  return { kind: 'list', items: l.expressions(node.children) };
}

/** One value as itself. */
function returned(value: Expression | undefined): Expression | undefined {
  return value?.kind === 'list' ? (value.items.length === 1 ? value.items[0] : value) : value;
}

function assignOf(node: Syntax, l: Lowering, declares: boolean): Expression {
  const left = l.expressions(childOf(node, 'left')?.children ?? []);
  const right = l.expressions(childOf(node, 'right')?.children ?? []);
  if (left.length === 1 && right.length === 1)
    return { kind: 'assign', target: left[0]!, value: right[0]!, declares };
  const value: Expression = right.length === 1 ? right[0]! : { kind: 'list', items: right };
  return { kind: 'assign', target: { kind: 'list', items: left }, value, declares };
}

function declared(spec: Syntax, l: Lowering): Statement[] {
  const names = childrenOf(spec, 'name');
  const values = childOf(spec, 'value')?.children ?? [];
  const type = childOf(spec, 'type');
  return names.map((own, index) => {
    const given = values[index];
    const value =
      given !== undefined
        ? l.expression(given)
        : type === undefined
          ? nothing
          : instanceOf(l.expression(type), l.at(type));
    return { kind: 'evaluate', value: { kind: 'assign', target: l.expression(own), value, declares: true } };
  });
}

function callOf(node: Syntax, l: Lowering): Expression {
  const list = childOf(node, 'arguments')?.children ?? [];
  return {
    kind: 'call',
    callee: l.of(node, 'function'),
    arguments: list
      .filter(({ type }) => type !== 'comment')
      .map(
        (child): Argument =>
          child.type === 'variadic_argument'
            ? { spread: true, value: l.expression(child.children[0]) }
            : { value: l.expression(child) },
      ),
    isNew: false,
    isUsed: true,
    at: l.at(node),
  };
}

function isPanic(value: Expression): value is Extract<Expression, { kind: 'call' }> {
  return value.kind === 'call' && value.callee.kind === 'name' && value.callee.name === 'panic';
}

/** `go f()` hands the function to something that runs it beside. */
function started(value: Expression): Expression {
  if (value.kind !== 'call') return value;
  return {
    ...value,
    callee: name('go'),
    arguments: [{ value: value.callee }, ...value.arguments],
    isUsed: false,
  };
}

function compositeOf(node: Syntax, l: Lowering): Expression {
  const type = childOf(node, 'type');
  const elements = childOf(node, 'body')?.children ?? [];
  const fields = elements.map((element): readonly [string, Expression] => {
    const key = childOf(element, 'key')?.children[0];
    const value =
      element.type === 'keyed_element' ? childOf(element, 'value')?.children[0] : element.children[0];
    return [key === undefined ? '' : l.text(key).replace(/^"|"$/g, ''), l.expression(value)];
  });
  if (type === undefined || !/^(type_identifier|qualified_type)$/.test(type.type))
    return { kind: 'record', fields };
  const args = fields.map(([key, value]): Argument => (key === '' ? { value } : { name: key, value }));
  return {
    kind: 'call',
    callee: l.expression(type),
    arguments: args,
    isNew: true,
    isUsed: true,
    at: l.at(node),
  };
}

function functionOf(node: Syntax, l: Lowering, otherwise: string): FunctionDefinition {
  const receiver = childOf(node, 'receiver')?.children[0];
  const own = l.text(childOf(node, 'name')) || otherwise;
  const common = {
    name: own,
    parameters: parametersOf(childOf(node, 'parameters'), l),
    body: l.body(node, 'body'),
    at: l.at(node),
    decorators: [],
  };
  if (receiver === undefined) return common;
  const type = l.text(childOf(receiver, 'type')).replace(/^\*/, '').replace(/\[.*$/, '');
  return { ...common, receiver: { type, name: l.text(childOf(receiver, 'name')) } };
}

function parametersOf(node: Syntax | undefined, l: Lowering): Parameter[] {
  return (node?.children ?? []).flatMap((child): Parameter[] => {
    const type = childOf(child, 'type');
    const isRest = child.type === 'variadic_parameter_declaration';
    return childrenOf(child, 'name').map((own) => ({
      name: l.text(own),
      isRest,
      type: type === undefined ? undefined : l.expression(type),
    }));
  });
}

function typeOf(spec: Syntax, l: Lowering) {
  const list = childOfType(childOf(spec, 'type') ?? spec, 'field_declaration_list');
  const fields = (list?.children ?? []).flatMap((field) => {
    const type = childOf(field, 'type');
    if (type === undefined) return [];
    return childrenOf(field, 'name').map(
      (own) => [l.text(own), instanceOf(l.expression(type), l.at(type))] as const,
    );
  });
  return {
    name: l.text(childOf(spec, 'name')),
    bases: [],
    methods: [],
    fields,
    decorators: [],
    at: l.at(spec),
  };
}

function importSpecs(node: Syntax): Syntax[] {
  return node.children
    .flatMap((child) => (child.type === 'import_spec' ? [child] : child.children))
    .filter(({ type }) => type === 'import_spec');
}

function importOf(spec: Syntax, l: Lowering) {
  const module = l.text(childOf(spec, 'path')).slice(1, -1);
  const last = module
    .split('/')
    .filter((part) => !/^v\d+$/.test(part))
    .at(-1)!;
  return {
    local: l.text(childOf(spec, 'name')) || last.replace(/\.v\d+$/, '').replace(/^go-/, ''),
    module,
    name: undefined,
  };
}

function forOf(node: Syntax, l: Lowering): readonly Statement[] {
  const clause = childOfType(node, 'for_clause');
  const range = childOfType(node, 'range_clause');
  const body = l.body(node, 'body');
  if (range !== undefined) {
    const target = l.of(range, 'left');
    return [
      {
        ...plainLoop,
        before: [{ kind: 'assign', target, value: unknown(l.of(range, 'right')), declares: true }],
        body,
      },
    ];
  }
  if (clause !== undefined) {
    const condition = childOf(clause, 'condition');
    const initializer = childOf(clause, 'initializer');
    return [
      ...(initializer === undefined ? [] : l.statement(initializer)),
      {
        ...plainLoop,
        test: condition === undefined ? undefined : l.expression(condition),
        after: l.allOf(clause, 'update'),
        isEndless: condition === undefined,
        body,
      },
    ];
  }
  const condition = node.children.find(({ field, type }) => field === undefined && type !== 'comment');
  return [
    {
      ...plainLoop,
      test: condition === undefined ? undefined : l.expression(condition),
      isEndless: condition === undefined,
      body,
    },
  ];
}

function labelOf(node: Syntax, l: Lowering): string | undefined {
  return node.children[0] === undefined ? undefined : l.text(node.children[0]);
}

function switchOf(node: Syntax, l: Lowering): Statement[] {
  const initializer = childOf(node, 'initializer');
  const cases = node.children.filter(({ type }) => /_case$/.test(type));
  return [
    ...(initializer === undefined ? [] : l.statement(initializer)),
    {
      kind: 'switch',
      subject: l.of(node, 'value'),
      cases: cases.map((child) => ({
        tests: [...l.allOf(child, 'value'), ...l.allOf(child, 'communication')],
        body: l.statements(child.children.filter(({ type }) => type === 'statement_list')),
        isDefault: child.type === 'default_case',
        falls: /\bfallthrough\s*}?$/.test(l.text(child).trimEnd()),
      })),
    },
  ];
}

function stepped(node: Syntax, l: Lowering): Expression {
  const [target] = node.children;
  return { kind: 'assign', target: l.expression(target), value: unknown(), declares: false };
}
