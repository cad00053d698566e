/**
 * The general query log of MariaDB and MySQL: time, connection, command, argument, tab-separated. MariaDB leaves a
 * time out that is the same as the line's before; the text of a statement may run over several lines.
 */
import { civilTime, isoTime } from '../raw-time.ts';
import type { LineFormat, ParsedLine } from './line-format.ts';

const COMMANDS =
  'Sleep|Quit|Init DB|Query|Field List|Create DB|Drop DB|Refresh|Shutdown|Statistics|Processlist|Connect|Kill|Debug|' +
  'Ping|Time|Delayed insert|Change user|Binlog Dump|Table Dump|Connect Out|Register Slave|Prepare|Execute|Long Data|' +
  'Close stmt|Reset stmt|Set option|Fetch|Daemon|Binlog Dump GTID|Reset Connection|Bulk_execute|Slave_worker|Error';
const LINE = new RegExp(
  `^(?:(\\d\\d)(\\d\\d)(\\d\\d) {1,2}(\\d{1,2}):(\\d\\d):(\\d\\d)\\t|(\\d{4}-\\S+)\\t|(\\t\\t| {2,}\\t?))\\s*(\\d+) (${COMMANDS})(?:\\t(.*))?$`,
  's',
);
const HEADER =
  /^(?:\S+, Version: .* started with:|Tcp port: \d+ {1,2}Unix socket: .*|Time\s+Id Command\s+Argument)$/;

export const mysqlGeneral: LineFormat = { name: 'mysql-general', continuation: 'joins', parse };

function parse(text: string): ParsedLine | undefined {
  if (HEADER.test(text)) return { message: text };
  const match = LINE.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, iso, blank, , command, argument] = match;
  const message = argument === undefined ? command! : `${command}\t${argument}`;
  if (blank !== undefined) return { message, repeatsTime: true };
  const time = iso === undefined ? civilTime({ year, month, day, hour, minute, second }) : isoTime(iso);
  return time && { message, time };
}
