/**
 * OTLP's messages in protobuf: bytes to the JSON form and back. The one module that knows the library. Fields that
 * nothing is made of are left out; a decoder passes over them, as over those of later versions.
 */
import { type IType, Root } from 'protobufjs/light.js';
import type { OtlpAnswer, OtlpStatus } from '../../contract/otlp-logs.ts';

type Field = readonly [name: string, type: string, number: number];

function message(...fields: readonly Field[]): IType {
  return {
    fields: Object.fromEntries(
      fields.map(([name, type, id]) => {
        const isList = type.endsWith('[]');
        return [name, { type: type.replace('[]', ''), id, ...(isList ? { rule: 'repeated' } : {}) }];
      }),
    ),
  };
}

const anyValue: IType = {
  ...message(
    ['stringValue', 'string', 1],
    ['boolValue', 'bool', 2],
    ['intValue', 'int64', 3],
    ['doubleValue', 'double', 4],
    ['arrayValue', 'ArrayValue', 5],
    ['kvlistValue', 'KeyValueList', 6],
    ['bytesValue', 'bytes', 7],
  ),
  oneofs: {
    value: {
      oneof: [
        'stringValue',
        'boolValue',
        'intValue',
        'doubleValue',
        'arrayValue',
        'kvlistValue',
        'bytesValue',
      ],
    },
  },
};

const root = Root.fromJSON({
  nested: {
    AnyValue: anyValue,
    ArrayValue: message(['values', 'AnyValue[]', 1]),
    KeyValueList: message(['values', 'KeyValue[]', 1]),
    KeyValue: message(['key', 'string', 1], ['value', 'AnyValue', 2]),
    Resource: message(['attributes', 'KeyValue[]', 1]),
    Scope: message(['name', 'string', 1]),
    LogRecord: message(
      ['timeUnixNano', 'fixed64', 1],
      ['severityNumber', 'int32', 2],
      ['severityText', 'string', 3],
      ['body', 'AnyValue', 5],
      ['attributes', 'KeyValue[]', 6],
      ['observedTimeUnixNano', 'fixed64', 11],
    ),
    ScopeLogs: message(['scope', 'Scope', 1], ['logRecords', 'LogRecord[]', 2]),
    ResourceLogs: message(['resource', 'Resource', 1], ['scopeLogs', 'ScopeLogs[]', 2]),
    Request: message(['resourceLogs', 'ResourceLogs[]', 1]),
    PartialSuccess: message(['rejectedLogRecords', 'int64', 1], ['errorMessage', 'string', 2]),
    Response: message(['partialSuccess', 'PartialSuccess', 1]),
    Status: message(['code', 'int32', 1], ['message', 'string', 2]),
  },
});

const request = root.lookupType('Request');
const response = root.lookupType('Response');
const status = root.lookupType('Status');

/** In the JSON form. Throws an Error where the bytes are no such message. */
export function decodeLogs(bytes: Uint8Array): unknown {
  return request.toObject(request.decode(bytes), { longs: String, bytes: String });
}

export function encodeAnswer(answer: OtlpAnswer): Uint8Array {
  return response.encode(response.fromObject(answer)).finish();
}

export function encodeStatus(told: OtlpStatus): Uint8Array {
  return status.encode(status.fromObject(told)).finish();
}
