/**
 * A table of log functions as a file: which functions of libraries print, format or pass on text, and in which
 * argument. The product's own has this shape, and a user's is added to it.
 */
import { z } from 'zod';
import { type FormatDialect, formatDialects } from '../core/lms/format-regex.ts';

const rows_max = 10_000;
const names_length_max = 4_096;
const argument_max = 11;

/** Arguments count from 0. */
const Argument = z.number().int().min(0).max(argument_max);

export const KnownFunction = z
  .strictObject({
    /** `none`: it is no log function, whatever the table before says. */
    role: z.enum(['log', 'format', 'copy', 'translate', 'none']),
    /** Which argument is a format. */
    format: Argument.optional(),
    /** Which argument is printed (passed on) as it is. */
    text: Argument.optional(),
    /** The first argument that a format's conversions take; left out: a `va_list`, or none. */
    values: Argument.optional(),
    /** What is written to: an argument, or what the function gives back. */
    destination: z.union([Argument, z.literal('result')]).optional(),
    /** The destination is a pointer to the pointer that gets the text. */
    pointed: z.boolean().optional(),
    /** A descriptor: only the standard ones and those kept somewhere are logs. */
    descriptor: Argument.optional(),
    dialect: z.enum(formatDialects as [FormatDialect, ...FormatDialect[]]).optional(),
  })
  .superRefine(({ role, format, text, values, destination }, context) => {
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (role === 'log' && format === undefined && text === undefined)
      wrong('format', 'is missing: what prints has a format or a text');
    if (role === 'format' && format === undefined) wrong('format', 'is missing');
    if ((role === 'copy' || role === 'translate') && text === undefined) wrong('text', 'is missing');
    if ((role === 'format' || role === 'copy') && destination === undefined)
      wrong('destination', 'is missing: where does the text go?');
    if (values !== undefined && format === undefined) wrong('values', 'stand without a format');
  });

/** Names as symbol tables have them, a space between two that take the same arguments. */
const Names = z
  .string()
  .max(names_length_max)
  .regex(/^\S+( \S+)*$/, 'is no list of names with one space between two');

export const LogFunctionTable = z.strictObject({
  functions: z.array(z.tuple([Names, KnownFunction])).max(rows_max),
});

export type KnownFunction = z.output<typeof KnownFunction>;
export type LogFunctionTable = z.output<typeof LogFunctionTable>;
