/** Brings processes into the graph. */
import type { FoldParts } from './flow/flow-context.ts';
import { term } from './identity.ts';
import type { Process } from './process-table.ts';

export function processVertex(
  { builder, containers }: Pick<FoldParts, 'builder' | 'containers'>,
  p: Process,
  time: bigint,
  image?: string | undefined,
  more: readonly string[] = [],
): void {
  const terms = [
    term('pid', String(p.pid)),
    term('exe', p.exe),
    term('comm', p.comm),
    term('name', base(p.exe)),
    ...more,
  ];
  if (image !== undefined) terms.push(term('exe', image), term('name', base(image)));
  if (p.namespacePid !== undefined) terms.push(term('pid', String(p.namespacePid)));
  if (p.container !== undefined) terms.push(term('container', p.container));
  const about = p.container === undefined ? {} : containers.about(p.host, p.container);
  for (const kind of ['function', 'pod', 'service'] as const) {
    if (about[kind] !== undefined) terms.push(term(kind, about[kind]));
  }
  builder.vertex({
    id: p.id,
    kind: 'process',
    label: p.argv === '' ? base(p.exe) || p.comm || `process ${p.pid}` : p.argv,
    host: p.host,
    container: p.container,
    time,
    terms,
    properties: {
      pid: p.pid,
      ppid: p.ppid,
      exe: p.exe,
      comm: p.comm,
      ...(p.namespacePid === undefined ? {} : { namespacePid: p.namespacePid }),
      ...(image === undefined ? {} : { image }),
      ...Object.fromEntries(Object.entries(about).map(([key, value]) => [`container.${key}`, value])),
      ...(p.served === undefined ? {} : { served: String(p.served) }),
      ...(p.ioUring === true ? { ioUring: 'what it does through io_uring is not seen' } : {}),
      ...(p.cutLine === true ? { cutLine: 'a line that it printed was recorded in part' } : {}),
    },
  });
}

function base(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
