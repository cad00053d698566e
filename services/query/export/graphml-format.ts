/** GraphML (graphml.graphdrawing.org), with an attribute for each field. */
import type { GraphFormat } from './graph-text.ts';

const vertexFields = ['kind', 'label', 'host', 'container', 'time'] as const;
const edgeFields = ['op', 'first', 'last', 'count', 'bytes'] as const;
const longFields = new Set(['count', 'bytes']);

const key = (target: string, name: string): string =>
  `  <key id="${name}" for="${target}" attr.name="${name}" attr.type="${longFields.has(name) ? 'long' : 'string'}"/>\n`;

export const graphmlFormat: GraphFormat = {
  begin:
    '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n' +
    vertexFields.map((name) => key('node', name)).join('') +
    edgeFields.map((name) => key('edge', name)).join('') +
    '  <graph id="upg" edgedefault="directed">\n',
  vertex: (v) => {
    const data = vertexFields.map((name) => (v[name] === null ? '' : datum(name, v[name]))).join('');
    return `    <node id="${xml(v.id)}">${data}</node>\n`;
  },
  between: '',
  edge: (e) => {
    const data = edgeFields.map((name) => datum(name, String(e[name]))).join('');
    return `    <edge source="${xml(e.from)}" target="${xml(e.to)}">${data}</edge>\n`;
  },
  end: '  </graph>\n</graphml>\n',
};

function datum(name: string, value: string): string {
  return `<data key="${name}">${xml(value)}</data>`;
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** Escaped for XML 1.0, in which most control characters and lone surrogates can't be said at all. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[&<>"\n\t]/g, (c) => entities[c]!)
    .replace(/[\0-\x1f\ufffe\uffff]/g, '\ufffd');
}
