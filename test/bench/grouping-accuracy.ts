/**
 * Grouping accuracy, as Zhu et al. define it (Tools and Benchmarks for Automated Log Parsing, ICSE-SEIP 2019): the
 * share of lines whose group holds the same lines as their statement's. One line too many or too few, and none of the
 * group's counts.
 */
export function groupingAccuracy(groups: readonly string[], labels: readonly string[]): number {
  const [byGroup, byLabel] = [lineNumbers(groups), lineNumbers(labels)];
  let right = 0;
  for (const lines of byGroup.values()) {
    const same = byLabel.get(labels[lines[0]!]!)!;
    if (same.length === lines.length && same.every((line, at) => line === lines[at])) right += lines.length;
  }
  return right / groups.length;
}

function lineNumbers(names: readonly string[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [line, name] of names.entries()) {
    const lines = found.get(name);
    if (lines === undefined) found.set(name, [line]);
    else lines.push(line);
  }
  return found;
}
