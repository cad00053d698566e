/**
 * Which vertices of a backward trace have no earlier cause in it, and how likely each kind of origin is to be what a
 * person would call the root cause. A client's connection comes from outside and began on purpose; files and parents
 * that were there before the recording are where knowledge ends. It must not know paths or distances.
 */
import type { Edge, Vertex } from '../graph-store.ts';
import { isAccept, isExec } from './edge-cost.ts';
import { fileRole, pathOf } from './file-role.ts';
import type { TraceView } from './trace-view.ts';

export interface Origin {
  readonly vertex: Vertex;
  /** 0…1 */
  readonly prior: number;
  /** Plain words, with no capital and no full stop. */
  readonly why: string;
}

const labelLength_max = 80;

const prior = {
  client: 1,
  localClient: 0.9,
  unknownClient: 0.8,
  unixClient: 0.3,
  unit: 0.35,
  server: 0.3,
  newProgram: 0.25,
  process: 0.12,
  file: 0.08,
  systemProgram: 0.04,
  pipe: 0.05,
  configuration: 0.03,
  library: 0.01,
};

/** Vertices behind which a bound kept the trace from looking count only where they are connections. */
export function originsOf(view: TraceView): Origin[] {
  const descent = descentFromUnits(view);
  const origins: Origin[] = [];
  for (const id of view.traced.reached.keys()) {
    const vertex = view.vertices.get(id);
    if (vertex === undefined || (vertex.kind !== 'socket' && view.traced.unread.has(id))) continue;
    const origin = originOf(view, vertex, descent);
    if (origin) origins.push({ vertex, ...origin });
  }
  return origins;
}

type Judgement = Omit<Origin, 'vertex'> | undefined;

function originOf(view: TraceView, vertex: Vertex, descent: ReadonlySet<string>): Judgement {
  const into = view.into(vertex.id);
  switch (vertex.kind) {
    case 'socket':
      return socketOrigin(view, vertex, into, descent);
    case 'unit':
      return unitOrigin(view, vertex, into);
    case 'process':
      return processOrigin(view, vertex, into);
    case 'file':
      return into.length > 0 ? undefined : fileOrigin(view, vertex);
    case 'pipe':
      if (into.length > 0) return undefined;
      return { prior: prior.pipe, why: `data came through ${vertex.label}, and nobody was seen writing it` };
    case 'template':
      return undefined;
  }
}

function socketOrigin(
  view: TraceView,
  socket: Vertex,
  into: readonly Edge[],
  descent: ReadonlySet<string>,
): Judgement {
  const { client, server, role } = socket.properties;
  const unix = role === 'unix';
  const asClient = client === undefined ? 'a client' : `client ${client}`;
  const asServer = unix ? ` to ${socket.label}` : server === undefined ? '' : ` to ${server}`;
  if (role === 'inbound') {
    return { prior: prior.client, why: `${asClient} connected${asServer} from outside of what was recorded` };
  }
  if (role === 'outbound' || role === 'refused') {
    const verb = role === 'refused' ? 'refused a connection' : 'answered from outside of what was recorded';
    return { prior: prior.server, why: `${server ?? socket.label} ${verb}` };
  }
  const clients = clientsOf(view, socket, into);
  if (clients.length === 0) {
    const why = `${asClient} connected${asServer}, and its side is not in the trace`;
    return { prior: unix ? prior.unixClient : prior.unknownClient, why };
  }
  if (clients.some((vertex) => vertex.kind !== 'process' || descent.has(vertex.id))) return undefined;
  const names = clients.map((vertex) => shortened(vertex.label)).join(', ');
  const why = `${asClient} connected${asServer}: ${names}, a program that no request started`;
  return { prior: unix ? prior.unixClient : prior.localClient, why };
}

/** Who connected, or else who sent without having accepted. */
function clientsOf(view: TraceView, socket: Vertex, into: readonly Edge[]): Vertex[] {
  const accepted = new Set(
    view
      .outOf(socket.id)
      .filter(isAccept)
      .map((edge) => edge.to),
  );
  const senders = into.filter((edge) => !accepted.has(edge.from));
  const connectors = senders.filter((edge) => edge.op === 'connect');
  const ids = new Set((connectors.length > 0 ? connectors : senders).map((edge) => edge.from));
  return [...ids].map((id) => view.vertices.get(id)).filter((vertex) => vertex !== undefined);
}

function unitOrigin(view: TraceView, unit: Vertex, into: readonly Edge[]): Judgement {
  const requests = into.filter((edge) => {
    const kind = view.kind(edge.from);
    return kind === 'socket' || kind === 'pipe' || kind === 'unit';
  });
  if (requests.length > 0) return undefined;
  return { prior: prior.unit, why: `${shortened(unit.label)} began with no request seen` };
}

function processOrigin(view: TraceView, process: Vertex, into: readonly Edge[]): Judgement {
  const parents = into.filter((edge) => {
    const kind = view.kind(edge.from);
    return kind === 'process' || kind === 'unit';
  });
  if (parents.length > 0) return undefined;
  return { prior: prior.process, why: `${shortened(process.label)} was there with no parent seen` };
}

function fileOrigin(view: TraceView, file: Vertex): Judgement {
  const role = fileRole(file);
  const rarity = 1 / (1 + Math.log2(Math.max(1, view.degrees(file.id).outOf / 2)));
  const executed = view.outOf(file.id).some(isExec);
  const path = pathOf(file);
  if (role === 'library' || role === 'kernel') {
    return { prior: prior.library * rarity, why: `${path} was used, and nobody was seen writing it` };
  }
  if (executed) {
    const likely = role === 'system-program' ? prior.systemProgram : prior.newProgram;
    return { prior: likely * rarity, why: `${path} was executed, and nobody was seen writing it` };
  }
  const likely = role === 'ordinary' ? prior.file : prior.configuration;
  return { prior: likely * rarity, why: `${path} was read, and nobody was seen writing it` };
}

/** Processes that a unit started, however many generations ago. */
function descentFromUnits(view: TraceView): Set<string> {
  const descent = new Set<string>();
  const queue = [...view.traced.reached.keys()].filter((id) => view.kind(id) === 'unit');
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const edge of view.outOf(id)) {
      if (descent.has(edge.to) || view.kind(edge.to) !== 'process') continue;
      descent.add(edge.to);
      queue.push(edge.to);
    }
  }
  return descent;
}

/** A command line can be a screenful. */
function shortened(label: string): string {
  return label.length <= labelLength_max ? label : `${label.slice(0, labelLength_max)}…`;
}
