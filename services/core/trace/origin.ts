/**
 * Which vertices of a backward trace have no earlier cause in it, and how likely each kind of origin is to be what a
 * person would call the root cause. A client's connection comes from outside and began on purpose; files and parents
 * that were there before the recording are where knowledge ends. Of its path it looks at how the information left it,
 * never at the distance.
 */
import type { Edge, Vertex } from '../graph-store.ts';
import { messageOperation } from '../upg/broker-memory.ts';
import type { BestPath, PathStep } from './best-paths.ts';
import { isAccept, isExec } from './edge-cost.ts';
import { fileRole, pathOf } from './file-role.ts';
import type { TraceView } from './trace-view.ts';

/** What a person would call where it began. */
export type EntryPoint = keyof typeof priors;

export interface Origin {
  readonly vertex: Vertex;
  readonly entry: EntryPoint;
  /** 0…1 */
  readonly prior: number;
  /** Plain words, with no capital and no full stop. */
  readonly why: string;
}

const labelLength_max = 80;

/** How likely each is to be the root cause of what it led to. */
const priors = {
  client: 1,
  localClient: 0.9,
  unknownClient: 0.8,
  unixClient: 0.3,
  content: 0.3,
  unit: 0.35,
  server: 0.3,
  newProgram: 0.25,
  fetched: 0.12,
  process: 0.12,
  file: 0.08,
  systemProgram: 0.04,
  pipe: 0.05,
  configuration: 0.03,
  library: 0.01,
};

/** What a server runs it held before the request: it says little of this one. */
const heldFactor = 0.3;
/** Who is on the other side would be known, had the trace gone on. */
const cutFactor = 0.3;

/**
 * Of the vertices that have a path. Those behind which a bound kept the trace from looking count only where they are
 * connections.
 */
export function originsOf(view: TraceView, paths: ReadonlyMap<string, BestPath>): Origin[] {
  const descent = descentFromUnits(view);
  const origins: Origin[] = [];
  for (const id of view.traced.reached.keys()) {
    const vertex = view.vertices.get(id);
    const steps = paths.get(id)?.steps;
    if (vertex === undefined || steps === undefined) continue;
    if (vertex.kind !== 'socket' && view.traced.unread.has(id)) continue;
    const origin = originOf(view, vertex, steps, descent);
    if (origin) origins.push({ vertex, ...origin });
  }
  return origins;
}

type Judgement = Omit<Origin, 'vertex'> | undefined;

function judged(entry: EntryPoint, why: string, factor = 1): Judgement {
  return { entry, prior: priors[entry] * factor, why };
}

function originOf(
  view: TraceView,
  vertex: Vertex,
  steps: readonly PathStep[],
  descent: ReadonlySet<string>,
): Judgement {
  const into = view.into(vertex.id);
  switch (vertex.kind) {
    case 'socket':
      return socketOrigin(view, vertex, into, steps, descent);
    case 'unit':
      return unitOrigin(view, vertex, into);
    case 'process':
      return processOrigin(view, vertex, into);
    case 'file':
      return into.length > 0 ? undefined : fileOrigin(view, vertex, steps);
    case 'pipe':
      if (into.length > 0) return undefined;
      return judged('pipe', `data came through ${vertex.label}, and nobody was seen writing it`);
    case 'template':
      return undefined;
  }
}

function socketOrigin(
  view: TraceView,
  socket: Vertex,
  into: readonly Edge[],
  steps: readonly PathStep[],
  descent: ReadonlySet<string>,
): Judgement {
  const { client, server, role } = socket.properties;
  const unix = role === 'unix';
  const asClient = client === undefined ? 'a client' : `client ${client}`;
  const asServer = unix ? ` to ${socket.label}` : server === undefined ? '' : ` to ${server}`;
  if (role === 'inbound') {
    return judged('client', `${asClient} connected${asServer} from outside of what was recorded`);
  }
  if (role === 'outbound' || role === 'refused') {
    const verb = role === 'refused' ? 'refused a connection' : 'answered from outside of what was recorded';
    return judged('server', `${server ?? socket.label} ${verb}`);
  }
  // Who sent it did so for what it was asked.
  if (role === 'answer') return undefined;
  const clients = clientsOf(view, socket, into);
  if (clients.length === 0) {
    const isCut = view.traced.unread.has(socket.id);
    const side = isCut ? 'the trace ended before its side' : 'its side is not in the trace';
    const why = `${asClient} connected${asServer}, and ${side}`;
    return judged(unix ? 'unixClient' : 'unknownClient', why, isCut ? cutFactor : 1);
  }
  if (clients.some((vertex) => vertex.kind !== 'process' || descent.has(vertex.id))) return undefined;
  const names = clients.map((vertex) => shortened(vertex.label)).join(', ');
  // What it got explains the symptom, and that came from the other side.
  const isClient = ({ edge }: PathStep): boolean => clients.some(({ id }) => id === edge.to);
  if (steps.slice(0, 1).some(isClient) || (isBrokered(view, steps) && steps.some(isClient)))
    return judged('fetched', `${names} fetched from${asServer.slice(' to'.length)}`);
  const why = `${asClient} connected${asServer}: ${names}, a program that no request started`;
  return judged(unix ? 'unixClient' : 'localClient', why);
}

/** Whether what a broker gives for it came from others. */
function isBrokered(view: TraceView, steps: readonly PathStep[]): boolean {
  return steps.some(({ edge }) => view.into(edge.to).some(({ op }) => op === messageOperation));
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
  return judged('unit', `${shortened(unit.label)} began with no request seen`);
}

function processOrigin(view: TraceView, process: Vertex, into: readonly Edge[]): Judgement {
  const parents = into.filter((edge) => {
    const kind = view.kind(edge.from);
    return kind === 'process' || kind === 'unit';
  });
  if (parents.length > 0) return undefined;
  return judged('process', `${shortened(process.label)} was there with no parent seen`);
}

function fileOrigin(view: TraceView, file: Vertex, steps: readonly PathStep[]): Judgement {
  const role = fileRole(file);
  const rarity = 1 / (1 + Math.log2(Math.max(1, view.degrees(file.id).outOf / 2)));
  const isHeld = steps.some(({ edge }) => edge.op === 'unit');
  const factor = rarity * (isHeld ? heldFactor : 1);
  const of = (entry: EntryPoint, verb: string): Judgement =>
    judged(entry, `${pathOf(file)} was ${verb}, and nobody was seen writing it`, factor);
  if (role === 'library' || role === 'kernel') return of('library', 'used');
  if (view.outOf(file.id).some(isExec))
    return of(role === 'system-program' ? 'systemProgram' : 'newProgram', 'executed');
  if (role !== 'ordinary') return of('configuration', 'read');
  return isPassedOn(view, steps) ? of('content', 'read and passed on') : of('file', 'read');
}

/** Whether who read it went on to write, so that what it holds can be what arrived; a request's page starts programs too. */
function isPassedOn(view: TraceView, [read, passed]: readonly PathStep[]): boolean {
  if (read === undefined || passed === undefined) return false;
  return view.kind(read.edge.to) === 'unit' && view.kind(passed.edge.to) === 'socket';
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
