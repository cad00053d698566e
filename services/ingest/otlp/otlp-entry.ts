/**
 * A record of OTLP as a log line of ours, and whose it is: the conventions for resources and logs say which attribute
 * means what. It must not know batches.
 */
import { type EntryLine, text_length_max } from '../../contract/entry-line.ts';
import type { OtlpLogRecord } from '../../contract/otlp-logs.ts';
import { formatTime } from '../../contract/time-text.ts';
import { attributesOf, plainValue, textOf } from './otlp-value.ts';

type Attributes = ReadonlyMap<string, unknown>;

/** Undefined where the resource names no host. */
export function hostOf(resource: Attributes): string | undefined {
  return ['host.name', 'k8s.node.name', 'host.id'].map((name) => textOf(resource.get(name))).find(Boolean);
}

export function entryOf(record: OtlpLogRecord, resource: Attributes, scope: string): EntryLine {
  const own = attributesOf(record.attributes);
  const value = (name: string): unknown => own.get(name) ?? resource.get(name);
  const body = plainValue(record.body);
  const message = cut(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
  const original = textOf(value('log.record.original'));
  const pid = Number(value('process.pid'));
  return {
    text: cut(original ?? message),
    message: original === undefined ? undefined : message,
    time: timeOf(record.timeUnixNano),
    observed: timeOf(record.observedTimeUnixNano),
    level: (textOf(record.severityText) ?? severity(record.severityNumber))?.slice(0, 64),
    source: sourceOf(value, scope).slice(0, 512),
    container: containerOf(value)?.slice(0, 512),
    pid: Number.isSafeInteger(pid) && pid > 0 ? pid : undefined,
    request: requestOf(value),
  };
}

type Value = (name: string) => unknown;

function sourceOf(value: Value, scope: string): string {
  const named = ['log.file.path', 'log.file.name', 'service.name', 'log.iostream'];
  return named.map((name) => textOf(value(name))).find(Boolean) ?? (scope === '' ? 'otlp' : scope);
}

/** The pods of a node may each have a container of one name. */
function containerOf(value: Value): string | undefined {
  const name = textOf(value('k8s.container.name')) ?? textOf(value('container.name'));
  const pod = textOf(value('k8s.pod.name'));
  if (pod !== undefined) return name === undefined ? pod : `${pod}/${name}`;
  return name ?? textOf(value('container.id'))?.slice(0, 12);
}

/** By the names of the conventions, and those that they had before they were stable. */
function requestOf(value: Value): EntryLine['request'] {
  const method = textOf(value('http.request.method')) ?? textOf(value('http.method'));
  const path = textOf(value('url.path')) ?? textOf(value('http.target'));
  const status = Number(value('http.response.status_code') ?? value('http.status_code'));
  if (method === undefined || path === undefined || !Number.isInteger(status)) return undefined;
  const client = textOf(value('client.address')) ?? textOf(value('net.peer.ip')) ?? '';
  return { client, method, path, status };
}

/** 0 is not known. */
function timeOf(time: bigint | undefined): string | undefined {
  return time === undefined || time === 0n || time > latest ? undefined : formatTime(time);
}

const latest = 253_402_300_799n * 1_000_000_000n;
const severities = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** Numbers come in groups of four, from 1. */
function severity(number: number | undefined): string | undefined {
  return number === undefined || number < 1 ? undefined : severities[Math.ceil(number / 4) - 1];
}

function cut(text: string): string {
  return text.length <= text_length_max ? text : text.slice(0, text_length_max);
}
