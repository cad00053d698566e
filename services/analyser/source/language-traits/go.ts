/** What is particular to Go: which calls log, what calls a program's functions, how packages share names. */
import type { Traits } from '../traits.ts';

const standard = '(?:log|log\\.(?:New|Default)\\(\\)|log\\.Logger\\(\\))';
const slog = '(?:log/slog|log/slog\\.(?:New|Default|Logger)\\(\\))(?:\\.(?:With|WithGroup)\\(\\))*';
const made = '(?:\\.(?:With|Named|WithField|WithFields|WithError|WithContext|WithOptions|WithTime)\\(\\))*';
const zap = `go\\.uber\\.org/zap\\.(?:L|NewProduction|NewDevelopment|NewExample|NewNop|New|Must|Logger)\\(\\)${made}`;
const sugar = `(?:${zap}\\.Sugar\\(\\)|go\\.uber\\.org/zap\\.(?:S|SugaredLogger)\\(\\))${made}`;
const logrus = `(?:github\\.com/sirupsen/logrus(?:\\.(?:New|StandardLogger|Logger|Entry|NewEntry)\\(\\))?)${made}`;
const level = '(Debug|Info|Warn|Warning|Error|DPanic|Trace)';

export const goTraits: Traits = {
  language: 'go',
  extensions: { go: 'go' },
  logCalls: [
    { callee: new RegExp(`^${standard}\\.(Printf)$`), lmgf: 'log.$1', style: 'printf' },
    { callee: new RegExp(`^${standard}\\.(Println)$`), lmgf: 'log.$1', style: 'spaced' },
    { callee: new RegExp(`^${standard}\\.(Print)$`), lmgf: 'log.$1', style: 'go-print' },
    {
      callee: new RegExp(`^${standard}\\.((?:Fatal|Panic)f)$`),
      lmgf: 'log.$1',
      style: 'printf',
      exits: true,
    },
    {
      callee: new RegExp(`^${standard}\\.((?:Fatal|Panic)ln)$`),
      lmgf: 'log.$1',
      style: 'spaced',
      exits: true,
    },
    { callee: new RegExp(`^${standard}\\.(Fatal|Panic)$`), lmgf: 'log.$1', style: 'go-print', exits: true },
    { callee: /^fmt\.(Printf)$/, lmgf: 'fmt.$1', style: 'printf', isLines: true },
    { callee: /^fmt\.(Println)$/, lmgf: 'fmt.$1', style: 'spaced', isLines: true },
    { callee: /^fmt\.(Print)$/, lmgf: 'fmt.$1', style: 'go-print', isLines: true },
    { callee: /^(?:fmt\.)?(println)$/, lmgf: '$1', style: 'spaced', isLines: true },
    ...(['printf', 'spaced', 'go-print'] as const).map((style, index) => ({
      callee: new RegExp(`^fmt\\.(Fprint${['f', 'ln', ''][index]})$`),
      lmgf: 'fmt.$1',
      style,
      message: 1,
      isLines: true,
      only: { argument: 0, path: /^os\.Std(?:out|err)$/ },
    })),
    { callee: /^os\.Std(?:out|err)\.(WriteString)$/, lmgf: 'os.File.$1', style: 'plain', isLines: true },
    { callee: new RegExp(`^${slog}\\.(Debug|Info|Warn|Error)$`), lmgf: 'slog.$1', style: 'fields' },
    {
      callee: new RegExp(`^${slog}\\.((?:Debug|Info|Warn|Error)Context)$`),
      lmgf: 'slog.$1',
      style: 'fields',
      message: 1,
    },
    { callee: new RegExp(`^${slog}\\.(Log|LogAttrs)$`), lmgf: 'slog.$1', style: 'fields', message: 2 },
    { callee: new RegExp(`^${sugar}\\.${level}w$`), lmgf: 'zap.$1w', style: 'fields' },
    { callee: new RegExp(`^${sugar}\\.${level}f$`), lmgf: 'zap.$1f', style: 'printf' },
    { callee: new RegExp(`^${sugar}\\.${level}ln$`), lmgf: 'zap.$1ln', style: 'spaced' },
    { callee: new RegExp(`^${sugar}\\.${level}$`), lmgf: 'zap.$1', style: 'go-print' },
    { callee: new RegExp(`^${zap}\\.${level}$`), lmgf: 'zap.$1', style: 'fields' },
    {
      callee: new RegExp(`^(?:${zap}|${sugar})\\.(Fatal|Panic)[wf]?$`),
      lmgf: 'zap.$1',
      style: 'fields',
      exits: true,
    },
    { callee: new RegExp(`^${logrus}\\.${level}f$`), lmgf: 'logrus.$1f', style: 'printf' },
    { callee: new RegExp(`^${logrus}\\.${level}ln$`), lmgf: 'logrus.$1ln', style: 'spaced' },
    { callee: new RegExp(`^${logrus}\\.${level}$`), lmgf: 'logrus.$1', style: 'go-print' },
    { callee: new RegExp(`^${logrus}\\.(Fatal|Panic)f$`), lmgf: 'logrus.$1f', style: 'printf', exits: true },
    { callee: new RegExp(`^${logrus}\\.(Fatal|Panic)$`), lmgf: 'logrus.$1', style: 'go-print', exits: true },
    // zerolog: the message ends a chain of fields.
    {
      callee: /\.(?:Debug|Info|Warn|Error|Log|Trace|Err|WithLevel)\(\)(?:\.\w+\(\))*\.(Msg)$/,
      lmgf: 'zerolog.$1',
      style: 'plain',
    },
    {
      callee: /\.(?:Debug|Info|Warn|Error|Log|Trace|Err|WithLevel)\(\)(?:\.\w+\(\))*\.(Msgf)$/,
      lmgf: 'zerolog.$1',
      style: 'printf',
    },
    {
      callee: /\.(?:Fatal|Panic)\(\)(?:\.\w+\(\))*\.(Msgf?)$/,
      lmgf: 'zerolog.$1',
      style: 'printf',
      exits: true,
    },
    // A logger that is passed in, by the name that it has everywhere.
    {
      callee:
        /[.?](?:log|logger|Log|Logger)\.(?:Debug|Info|Warn|Error|Print|Debugf|Infof|Warnf|Errorf|Printf)$/,
      lmgf: 'logger',
      style: 'printf',
    },
  ],
  formatters: [
    { callee: /^fmt\.(?:Sprintf|Errorf)$/, style: 'printf' },
    { callee: /^fmt\.Sprint$/, style: 'go-print' },
    { callee: /^errors\.New$/, style: 'plain' },
  ],
  exits: /^(?:os\.Exit|runtime\.Goexit)$/,
  serves:
    /\.(?:ListenAndServe|ListenAndServeTLS|Serve|ServeTLS|Run|RunTLS)$|^github\.com\/aws\/aws-lambda-go\/lambda\.Start$/,
  constants: {},
  syscalls: [{ callee: /\.Accept$/, name: 'accept' }],
  registrars: [
    { callee: /\.(?:Use|Middleware)$/, role: 'before' },
    {
      callee:
        /\.(?:HandleFunc|Handle|HandlerFunc|Get|Post|Put|Patch|Delete|GET|POST|PUT|PATCH|DELETE|Any|Subscribe|QueueSubscribe)$/,
      role: 'handler',
    },
    {
      callee: /^net\/http\.ListenAndServe(?:TLS)?$|^github\.com\/aws\/aws-lambda-go\/lambda\.Start$/,
      role: 'handler',
    },
    { callee: /^go$|\.Go$/, role: 'thread' },
    { callee: /^time\.AfterFunc$/, role: 'thread' },
  ],
  decorators: [],
  handlerBases: /^$/,
  handlerMethods: /^$/,
  handlerNames: /^(?:Handle|Handler|ServeHTTP|HandleRequest)$/,
  mainNames: /^main$/,
  constructorName: () => '',
  membersInScope: false,
  throws: false,
  sharedScope: (path) => path.split('/').slice(0, -1).join('/'),
  // A package is a folder: any of its files stands for it, since they share their names.
  modulePaths: (_from, module) => {
    const parts = module.split('/');
    return parts.map((_, index) => `${parts.slice(index).join('/')}/*`);
  },
};
