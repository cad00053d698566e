/**
 * The defined symbols of all tables as one list by address, each once. It must not know where tables come from.
 */
import type { AddressSpace } from './address-space.ts';
import { sectionIndex } from './elf-format.ts';
import type { Architecture, ElfSymbol } from './elf-image.ts';
import type { ElfReport } from './elf-report.ts';
import { kindOf, type SymbolTable } from './symbol-table.ts';

export interface ListedTable {
  readonly table: SymbolTable;
  readonly count: number;
  /** Whether other files see this table. */
  readonly dynamic: boolean;
}

/** An exported symbol wins over the same name at the same address. */
export function listSymbols(
  tables: readonly ListedTable[],
  architecture: Architecture,
  space: AddressSpace,
  report: ElfReport,
): ElfSymbol[] {
  const symbols: ElfSymbol[] = [];
  for (const listed of tables) {
    for (let index = 1; index < listed.count; index++) {
      const symbol = symbolAt(listed, index, space, report);
      if (symbol !== undefined && !(architecture === 'aarch64' && isMappingSymbol(symbol.name))) {
        symbols.push(symbol);
      }
    }
  }
  return withoutRepeats(symbols);
}

function symbolAt(
  { table, dynamic }: ListedTable,
  index: number,
  space: AddressSpace,
  report: ElfReport,
): ElfSymbol | undefined {
  const section = table.section(index);
  if (section === sectionIndex.undefined) return undefined;
  const kind = kindOf(table.type(index));
  const address = table.address(index);
  // Marks such as `_end` lie outside of every segment, and absolute values anywhere.
  if (kind === undefined || space.find(address, 1) === undefined) return undefined;
  const name = table.name(index);
  if (name === undefined) report.warning('elf-string', `The name of symbol ${index} has no end.`, 0);
  if (name === undefined || name === '') return undefined;
  return {
    name: withoutVersion(name),
    address,
    size: sizeWithin(table.size(index), address, space),
    kind,
    exported: dynamic && table.isExported(index),
  };
}

/** A size that reaches beyond the segment is no size. */
function sizeWithin(size: number, address: number, space: AddressSpace): number {
  return space.find(address, size) === undefined ? 0 : size;
}

function withoutVersion(name: string): string {
  const at = name.indexOf('@');
  return at > 0 ? name.slice(0, at) : name;
}

/** `$x`, `$d`, `$x.12`: where code and data begin. */
function isMappingSymbol(name: string): boolean {
  return name.charCodeAt(0) === 0x24 && /^\$[dx](\.|$)/.test(name);
}

function withoutRepeats(symbols: ElfSymbol[]): ElfSymbol[] {
  symbols.sort((a, b) => a.address - b.address || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const result: ElfSymbol[] = [];
  for (const symbol of symbols) {
    const last = result.at(-1);
    if (last === undefined || last.address !== symbol.address || last.name !== symbol.name)
      result.push(symbol);
    else if (symbol.exported && !last.exported) result[result.length - 1] = symbol;
    else if (last.size === 0 && symbol.size > 0) result[result.length - 1] = { ...last, size: symbol.size };
  }
  return result;
}
