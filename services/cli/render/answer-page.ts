/** The answer to `why` as one page that needs nothing else: the drawing of its graph, and the text of the terminal. */
import type { WhyAnswer } from '../../contract/why.ts';
import { escaped, graphDrawing } from './graph-drawing.ts';
import { paint } from './paint.ts';
import { safeLabel } from './safe-text.ts';
import { whyText } from './why-text.ts';

const title_length_max = 120;

const style = `
:root { color-scheme: light dark; --line: #8886; --way: #c0392b }
body { font: 14px/1.45 system-ui, sans-serif; margin: 1.5rem }
pre { font: 12.5px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
div { overflow: auto; max-height: 75vh; border: 1px solid var(--line); border-radius: 6px }
svg text { font: 12px ui-monospace, monospace; fill: currentColor }
svg .where { font-size: 10.5px; opacity: .65 }
svg rect { fill: #8881; stroke: var(--line) }
svg .unit rect { fill: #2980b933 } svg .process rect { fill: #27ae6033 } svg .socket rect { fill: #f39c1233 }
svg .edge path { fill: none; stroke: var(--line) } svg #tip path { fill: #888 }
svg .way rect { stroke: var(--way); stroke-width: 2 } svg .edge.way path { stroke: var(--way); stroke-width: 2 }
svg .op { text-anchor: middle; fill: var(--way) }`;

export function answerPage(answer: WhyAnswer): string {
  const title = escaped(safeLabel(answer.symptom.input, title_length_max));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Why ${title}</title>
<style>${style}
</style>
</head>
<body>
<h1>Why ${title}</h1>
<div>${graphDrawing(answer)}</div>
<pre>${escaped(whyText(answer, paint(false)))}</pre>
</body>
</html>
`;
}
