/** What is particular to Java: which calls log, and what calls a program's methods. */
import type { Traits } from '../traits.ts';

const level = '(trace|debug|info|warn|error)';
const slf4j = '(?:org\\.slf4j\\.)?(?:LoggerFactory\\.getLogger\\(\\)|Logger\\(\\))';
const log4j = '(?:org\\.apache\\.logging\\.log4j\\.)(?:LogManager\\.getLogger\\(\\)|Logger\\(\\))';
const log4j1 =
  '(?:org\\.apache\\.log4j\\.)(?:Logger\\.getLogger\\(\\)|LogManager\\.getLogger\\(\\)|Logger\\(\\))';
const jul = '(?:java\\.util\\.logging\\.)?(?:Logger\\.getLogger\\(\\)|Logger\\.getGlobal\\(\\)|Logger\\(\\))';

export const javaTraits: Traits = {
  language: 'java',
  extensions: { java: 'java' },
  logCalls: [
    { callee: /^System\.(out|err)\.(println|print)$/, lmgf: 'System.$1.$2', style: 'plain', isLines: true },
    {
      callee: /^System\.(out|err)\.(printf|format)$/,
      lmgf: 'System.$1.$2',
      style: 'java-printf',
      isLines: true,
    },
    { callee: new RegExp(`^${log4j}\\.${level}$`), lmgf: 'log4j.$1', style: 'brace' },
    { callee: new RegExp(`^${log4j}\\.(fatal)$`), lmgf: 'log4j.$1', style: 'brace' },
    { callee: new RegExp(`^${log4j}\\.(log)$`), lmgf: 'log4j.$1', style: 'brace', message: 1 },
    {
      callee: new RegExp(`^${log4j1}\\.(trace|debug|info|warn|error|fatal)$`),
      lmgf: 'log4j.$1',
      style: 'plain',
    },
    { callee: new RegExp(`^${slf4j}\\.${level}$`), lmgf: 'slf4j.$1', style: 'brace' },
    // The chain that ends in log(message, …).
    {
      callee: new RegExp(`^${slf4j}\\.at(?:Trace|Debug|Info|Warn|Error)\\(\\)(?:\\.\\w+\\(\\))*\\.(log)$`),
      lmgf: 'slf4j.$1',
      style: 'brace',
    },
    {
      callee: new RegExp(`^${jul}\\.(finest|finer|fine|config|info|warning|severe)$`),
      lmgf: 'java.util.logging.$1',
      style: 'plain',
    },
    { callee: new RegExp(`^${jul}\\.(log)$`), lmgf: 'java.util.logging.$1', style: 'brace', message: 1 },
    // A logger that is generated (Lombok) or inherited, by the name that it has everywhere.
    {
      callee: /(?:^|[.?])(?:log|logger|LOG|LOGGER)\.(trace|debug|info|warn|error)$/,
      lmgf: 'logger.$1',
      style: 'brace',
    },
    { callee: /(?:^|\.)getLogger\(\)\.(log)$/, lmgf: 'logger.$1', style: 'plain' },
  ],
  formatters: [
    { callee: /^String\.format$/, style: 'java-printf' },
    { callee: /^String\.valueOf$/, style: 'plain' },
    { callee: /^java\.text\.MessageFormat\.format$/, style: 'brace' },
    { callee: /^\?\.formatted$/, style: 'java-printf', ofReceiver: true },
  ],
  exits: /^(?:System\.exit|Runtime\.getRuntime\(\)\.(?:exit|halt))$/,
  serves: /^org\.springframework\.boot\.SpringApplication\.run$/,
  constants: {},
  syscalls: [{ callee: /\(\)\.accept$/, name: 'accept' }],
  registrars: [
    { callee: /\.(?:before|addFilter|use)$/, role: 'before' },
    {
      callee:
        /\.(?:createContext|get|post|put|patch|delete|route|addHandler|setHandler|handler|addServlet|subscribe)$/,
      role: 'handler',
    },
    {
      callee:
        /\.(?:submit|execute|schedule|scheduleAtFixedRate|runAsync|supplyAsync|invokeAll)$|^(?:java\.lang\.)?Thread$/,
      role: 'thread',
    },
    {
      callee:
        /\.(?:forEach|map|filter|flatMap|reduce|ifPresent|ifPresentOrElse|orElseGet|orElseThrow|anyMatch|allMatch|noneMatch|sort|sorted|removeIf|computeIfAbsent|thenApply|thenAccept|thenCompose|handle|whenComplete|exceptionally|peek|collect)$/,
      role: 'now',
    },
    { callee: /\.addShutdownHook$/, role: 'later' },
  ],
  decorators: [
    {
      callee:
        /(?:^|\.)(?:(?:Get|Post|Put|Patch|Delete|Request)Mapping|GET|POST|PUT|PATCH|DELETE|KafkaListener|RabbitListener|JmsListener|Scheduled|EventListener|FunctionName|MessageMapping)$/,
      role: 'handler',
    },
    { callee: /(?:^|\.)(?:PreHandle|ModelAttribute)$/, role: 'before' },
    { callee: /(?:^|\.)ExceptionHandler$/, role: 'after' },
    { callee: /(?:^|\.)(?:PostConstruct|Bean)$/, role: 'thread' },
  ],
  handlerBases:
    /(?:HttpServlet|HttpHandler|RequestHandler|RequestStreamHandler|AbstractHandler|IHandler|Function)$/,
  handlerMethods: /^(?:do(?:Get|Post|Put|Delete|Head|Patch)|service|handle|Handle|handleRequest|apply)$/,
  handlerNames: /^(?:handleRequest|Handle)$/,
  mainNames: /^main$/,
  constructorName: (className) => className,
  membersInScope: true,
  throws: true,
  sharedScope: () => 'java',
  modulePaths: () => [],
};
