/** An analysis as JSON, written piece by piece: the edges of a large program are millions. */
import type { Analysis } from '../analyser/app.ts';
import type { AnalysisAnswer } from '../contract/analysis.ts';
import { toLmsCfg } from '../contract/profile-form.ts';
import type { Terminal } from './terminal.ts';

export async function printAnalysis(
  analysis: Analysis,
  withEdges: boolean,
  terminal: Terminal,
): Promise<void> {
  const text = JSON.stringify(answerOf(analysis), null, 2);
  if (!withEdges) {
    await terminal.print(`${text}\n`);
    return;
  }
  const { nodes, successors } = toLmsCfg(analysis.profile);
  await terminal.print(`${text.slice(0, text.lastIndexOf('\n}'))},\n  "edges": [`);
  let separator = '\n    ';
  for (const { id } of nodes) {
    const pairs = successors(id).map((to) => `[${id},${to}]`);
    if (pairs.length === 0) continue;
    await terminal.print(`${separator}${pairs.join(',')}`);
    separator = ',\n    ';
  }
  await terminal.print('\n  ]\n}\n');
}

function answerOf({ profile, elapsed_ms, cpu_ms, rss_mb_max }: Analysis): AnalysisAnswer {
  return {
    program: profile.program,
    buildId: profile.buildId ?? null,
    arch: profile.arch ?? null,
    bt: profile.bt ?? 0,
    stats: {
      elapsedMs: elapsed_ms,
      cpuMs: cpu_ms,
      maxRssMb: rss_mb_max,
      functions: profile.counts?.functions ?? 0,
      blocks: profile.counts?.blocks ?? 0,
      callSites: profile.counts?.callSites ?? 0,
      unresolvedJumps: profile.unresolved?.jumps ?? 0,
      unresolvedCalls: profile.unresolved?.calls ?? 0,
    },
    nodes: profile.nodes.map((node) => ({
      id: node.id,
      address: node.address ?? null,
      text: node.text,
      regex: node.regex,
      function: node.function ?? null,
      lmgf: node.lmgf ?? null,
      loopStart: node.loopStart,
      loopEnd: node.loopEnd,
      endSyscalls: node.endSyscalls,
    })),
  };
}
