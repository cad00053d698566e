/** Builds every function that is reached, and puts the program together. It must not know a language. */
import type { LmsSite, LogProgram } from '../../lms-cfg/log-program.ts';
import type { Program } from '../program/declaration.ts';
import type { FunctionInfo } from '../program/symbol.ts';
import { dispatcherBlocks, mainBlocks } from './dispatcher.ts';
import { namedHandlersOf, noteDecorated, noteImports, startsOf, uncalledOf } from './entry-finder.ts';
import type { FlowContext } from './flow-context.ts';
import { functionFlow } from './function-flow.ts';
import type { Graph } from './graph.ts';
import { LogProgramWriter } from './log-program-writer.ts';

type Order = (a: LmsSite, b: LmsSite) => number;

export function buildProgram(program: Program, context: FlowContext, order: Order): LogProgram {
  const { registered, copies, meanings, traits } = context;
  noteImports(program, meanings);
  noteDecorated(program, meanings, registered);
  const starts = startsOf(program);
  const graphs: Graph[] = [];
  const build = () => {
    while (graphs.length < copies.copies.length) {
      graphs.push(functionFlow(copies.copies[graphs.length]!, context));
    }
  };
  const reach = (functions: Iterable<FunctionInfo>) => {
    for (const each of functions) copies.plain(each);
    build();
  };
  reach(starts);
  reachRegistered(registered, reach);
  const others: FunctionInfo[] = [];
  const named = namedHandlersOf(program, meanings);
  for (const each of uncalledOf(program)) {
    // Another that nobody called may have called it in the meantime.
    if (each.isCalled) continue;
    if (named.has(each)) registered.set(each, 'handler');
    else others.push(each);
    reach([each]);
    reachRegistered(registered, reach);
  }
  const written = copies.copies.map((copy, index) => ({ name: copy.function.name, graph: graphs[index]! }));
  const writer = new LogProgramWriter(written, traits.throws, order);
  return write(writer, context, starts, others);
}

/** What is registered while another is built is built too. */
function reachRegistered(
  registered: ReadonlyMap<FunctionInfo, unknown>,
  reach: (functions: Iterable<FunctionInfo>) => void,
): void {
  for (let size = -1; size !== registered.size; ) {
    size = registered.size;
    reach([...registered.keys()]);
  }
}

function write(
  writer: LogProgramWriter,
  { registered, copies }: FlowContext,
  starts: readonly FunctionInfo[],
  others: readonly FunctionInfo[],
): LogProgram {
  const functionsOf = (functions: Iterable<FunctionInfo>) =>
    [...functions]
      .map((each) => copies.plain(each).index)
      .filter((copy) => writer.prints(copy))
      .map((copy) => writer.function(copy));
  const withRole = (role: string) =>
    functionsOf([...registered].filter(([, own]) => own === role).map(([each]) => each));
  const begin = functionsOf(starts);
  const threads = [...withRole('thread'), ...functionsOf(others.filter((each) => !each.isCalled))];
  const stages = { before: withRole('before'), handlers: withRole('handler'), after: withRole('after') };
  const entries = threads.flat();
  if (stages.before.length + stages.handlers.length + stages.after.length === 0) {
    return writer.program([...begin.flat(), ...entries]);
  }
  const dispatcher = writer.add('<dispatcher>', dispatcherBlocks(stages));
  const main = writer.add('<main>', mainBlocks(begin, dispatcher));
  return writer.program([main, ...entries], dispatcher);
}
