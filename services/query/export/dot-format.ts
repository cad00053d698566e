/** Graphviz DOT (graphviz.org/doc/info/lang.html): a shape for each kind, times in tooltips. */
import type { GraphFormat } from './graph-text.ts';

const shapes = {
  process: 'box',
  unit: 'box',
  file: 'ellipse',
  socket: 'diamond',
  pipe: 'cds',
  template: 'note',
};

export const dotFormat: GraphFormat = {
  begin: 'digraph upg {\n  rankdir=LR;\n',
  vertex: (v) => {
    const where = v.container === null ? v.host : `${v.host}/${v.container}`;
    return `  ${quote(v.id)} [shape=${shapes[v.kind]}, label=${quote(`${v.label}\n${where}`)}];\n`;
  },
  between: '',
  edge: (e) => {
    const times = e.count === 1 ? e.first : `${e.first} … ${e.last}`;
    return `  ${quote(e.from)} -> ${quote(e.to)} [label=${quote(e.op)}, tooltip=${quote(`${times} ×${e.count}`)}];\n`;
  },
  end: '}\n',
};

/** Quoted for DOT; control characters, which it has no escape for, as `\xNN` text. */
function quote(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n');
  return `"${escaped.replace(/[\0-\x1f\x7f]/g, (c) => `\\\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`;
}
