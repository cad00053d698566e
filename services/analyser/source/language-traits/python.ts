/** What is particular to Python: which calls log, what calls a program's functions, how files import each other. */
import type { Traits } from '../traits.ts';

const logging =
  '(?:logging|logging\\.getLogger\\(\\)(?:\\.getChild\\(\\))*|logging\\.LoggerAdapter\\(\\)|flask\\.Flask\\(\\)\\.logger|flask\\.current_app\\.logger|multiprocessing\\.get_logger\\(\\)|celery\\.utils\\.log\\.get_task_logger\\(\\))';
const structlog =
  '(?:structlog|structlog(?:\\.stdlib)?\\.get_logger\\(\\)|structlog\\.getLogger\\(\\))(?:\\.(?:bind|new|unbind)\\(\\))*';
const loguru = '(?:loguru\\.logger)(?:\\.(?:bind|opt|contextualize|patch)\\(\\))*';
const level = '(debug|info|warning|warn|error|exception|critical|fatal|log)';

export const pythonTraits: Traits = {
  language: 'python',
  extensions: { py: 'python', pyw: 'python' },
  logCalls: [
    {
      callee: new RegExp(`^${logging}\\.log$`),
      lmgf: 'logging.log',
      style: 'percent',
      message: 1,
      keyword: 'msg',
    },
    { callee: new RegExp(`^${logging}\\.${level}$`), lmgf: 'logging.$1', style: 'percent', keyword: 'msg' },
    { callee: new RegExp(`^${structlog}\\.log$`), lmgf: 'structlog.log', style: 'fields', message: 1 },
    {
      callee: new RegExp(
        `^${structlog}\\.(msg|ainfo|awarning|aerror|adebug|debug|info|warning|warn|error|exception|critical|fatal)$`,
      ),
      lmgf: 'structlog.$1',
      style: 'fields',
    },
    { callee: new RegExp(`^${loguru}\\.log$`), lmgf: 'loguru.log', style: 'brace', message: 1 },
    {
      callee: new RegExp(`^${loguru}\\.(trace|debug|info|success|warning|error|critical|exception)$`),
      lmgf: 'loguru.$1',
      style: 'brace',
    },
    { callee: /^print$/, lmgf: 'print', style: 'spaced', isLines: true },
    {
      callee: /^sys\.(stdout|stderr)(?:\.buffer)?\.write$/,
      lmgf: 'sys.$1.write',
      style: 'plain',
      isLines: true,
    },
    { callee: /^warnings\.warn$/, lmgf: 'warnings.warn', style: 'plain', keyword: 'message' },
    { callee: /^traceback\.print_exc$/, lmgf: 'traceback.print_exc', style: 'plain' },
    { callee: /^syslog\.syslog$/, lmgf: 'syslog.syslog', style: 'plain' },
    // A logger that is passed in or inherited, by the name that it has everywhere.
    {
      callee:
        /(?:^|[.?])_*(?:log|logger|LOG|LOGGER)\.(debug|info|warning|warn|error|exception|critical|fatal)$/,
      lmgf: 'logging.$1',
      style: 'percent',
      keyword: 'msg',
    },
  ],
  formatters: [
    { callee: /(?:^|\.)(?:gettext|_|ngettext)$/, style: 'plain' },
    { callee: /^(?:str|textwrap\.dedent)$/, style: 'plain' },
  ],
  exits: /^(?:os\._exit|os\.abort|sys\.exit|exit|quit)$/,
  serves:
    /\.(?:serve_forever|run_forever|run_app|start_consuming|start_server)$|^(?:flask\.Flask\(\)|fastapi\.FastAPI\(\)|uvicorn|waitress|hypercorn|bottle)\.(?:run|serve)$|^waitress\.serve$/,
  constants: { 'os.linesep': '\n' },
  syscalls: [
    { callee: /\.accept$/, name: 'accept' },
    { callee: /\.recv(?:_into|from)?$/, name: 'recvfrom' },
    { callee: /\.(?:sendall|sendto)$/, name: 'sendto' },
    { callee: /^sys\.stdin(?:\.buffer)?\.(?:read|readline)$|^input$/, name: 'read' },
    { callee: /^socket\..*\(\)\.close$/, name: 'close' },
  ],
  registrars: [
    { callee: /\.(?:before_request|before_first_request|add_middleware)$/, role: 'before' },
    { callee: /\.(?:after_request|teardown_request|register_error_handler)$/, role: 'after' },
    {
      callee: /\.(?:add_url_rule|route|add_api_route|add_route|add_get|add_post|add_handler)$/,
      role: 'handler',
    },
    { callee: /^(?:aiohttp\.web|http\.server|socketserver)\./, role: 'handler' },
    { callee: /(?:^|\.)(?:Thread|Process|submit|start_new_thread|run_in_executor)$/, role: 'thread' },
    { callee: /^(?:signal\.signal|atexit\.register)$|\.add_done_callback$/, role: 'later' },
  ],
  decorators: [
    { callee: /\.(?:before_request|before_first_request|middleware)(?:\(\))?$/, role: 'before' },
    {
      callee: /\.(?:after_request|teardown_request|errorhandler|exception_handler)(?:\(\))?$/,
      role: 'after',
    },
    {
      callee:
        /\.(?:route|get|post|put|patch|delete|head|options|websocket|task|event|on_event|function_name|schedule|queue_trigger)(?:\(\))?$/,
      role: 'handler',
    },
    {
      callee: /^(?:functions_framework\.(?:http|cloud_event)|celery\.shared_task)(?:\(\))?$/,
      role: 'handler',
    },
  ],
  handlerBases:
    /(?:BaseHTTPRequestHandler|SimpleHTTPRequestHandler|MethodView|RequestHandler|Resource|HTTPEndpoint)$/,
  handlerMethods: /^(?:do_[A-Z]+|get|post|put|patch|delete|handle)$/,
  handlerNames: /^(?:handle|handler|lambda_handler|main_handler)$/,
  mainNames: /^$/,
  constructorName: () => '__init__',
  membersInScope: false,
  throws: true,
  sharedScope: () => undefined,
  modulePaths: (from, module, name) => {
    const dots = /^\.*/.exec(module)![0].length;
    const rest = module.slice(dots).split('.').filter(Boolean);
    const folder = from.split('/').slice(0, -1);
    const base = dots === 0 ? [] : folder.slice(0, folder.length - (dots - 1));
    const whole = [...base, ...rest];
    const beside = [...folder, ...rest];
    const candidates = name === undefined ? [] : [[...whole, name]];
    if (dots === 0 && name !== undefined) candidates.unshift([...beside, name]);
    return [...candidates, ...(dots === 0 ? [beside] : []), whole, [...whole, '__init__']]
      .filter((path) => path.length > 0)
      .map((path) => path.join('/'));
  },
};
