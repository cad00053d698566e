/** Colours by what they mean, or none. */
import { styleText } from 'node:util';

export interface Paint {
  readonly heading: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

const none = (text: string): string => text;
const plain: Paint = { heading: none, strong: none, faint: none, good: none, bad: none };

const style =
  (format: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    styleText(format, text, { validateStream: false });

const coloured: Paint = {
  heading: style(['bold', 'underline']),
  strong: style('bold'),
  faint: style('dim'),
  good: style('green'),
  bad: style('red'),
};

export function paint(colour: boolean): Paint {
  return colour ? coloured : plain;
}
