/**
 * OTLP's logs (opentelemetry-proto 1, `ExportLogsServiceRequest`) in their JSON form, as far as anything is made of
 * them: the protobuf form is decoded into the same. It must not know what becomes of a record.
 */
import { z } from 'zod';

/** 64-bit numbers come as texts, and from some clients as numbers. */
const Nanoseconds = z
  .union([z.string().regex(/^\d{1,20}$/, 'must be a number of nanoseconds'), z.number().nonnegative().int()])
  .transform((value) => BigInt(value));

const KeyValue = z.object({ key: z.string(), value: z.unknown() });
export type OtlpKeyValue = z.output<typeof KeyValue>;

const Attributes = z.array(KeyValue).default([]);

const LogRecord = z.object({
  timeUnixNano: Nanoseconds.optional(),
  observedTimeUnixNano: Nanoseconds.optional(),
  severityNumber: z.number().int().optional(),
  severityText: z.string().optional(),
  body: z.unknown().optional(),
  attributes: Attributes,
});
export type OtlpLogRecord = z.output<typeof LogRecord>;

export const OtlpLogs = z.object({
  resourceLogs: z
    .array(
      z.object({
        resource: z.object({ attributes: Attributes }).default({ attributes: [] }),
        scopeLogs: z
          .array(
            z.object({
              scope: z.object({ name: z.string().default('') }).default({ name: '' }),
              logRecords: z.array(LogRecord).default([]),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});
export type OtlpLogs = z.output<typeof OtlpLogs>;

/** What is answered; `partialSuccess` only where some were not taken. */
export const OtlpAnswer = z.object({
  partialSuccess: z.object({ rejectedLogRecords: z.string(), errorMessage: z.string() }).optional(),
});
export type OtlpAnswer = z.output<typeof OtlpAnswer>;

/** google.rpc.Status: how every failure is told. */
export const OtlpStatus = z.object({ code: z.number().int(), message: z.string() });
export type OtlpStatus = z.output<typeof OtlpStatus>;
