/** Bounds and defaults of the two questions, the same on the command line and over HTTP. It must not need schemas. */

export const symptom_length_max = 65_536;
export const querySymptom_length_max = 2_048;
export const emptySymptom =
  'must not be empty: give a log line, a file path, ip[:port], pid:N or a vertex id';
/** What a symptom may be, the likeliest reading first; docs/SYMPTOMS.md has the whole. */
export const symptomHelp = `A symptom is one of:
  '<log line>'                    as it stands in the log; its values and time choose among those alike
  'GET /path 500 around 05:23'    a request; status and time (UTC) may be left out
  10.0.0.7, 10.0.0.7:80           an address
  /etc/passwd, app/page.php, x.sh a file or program by path, end of a path, or name; /etc/ is all in a folder
  web, container:web, function:f  a container, function, pod or service
  pid:4711                        a process, by its number on the host or in its container
  00-4bf9…4736-00f0…02b7-01       a W3C traceparent, trace id, or X-Call-Id that a line holds
  /timeout after \\d+ms/           a regular expression over printed lines (re:… where it looks like a path)
  'user <num> logged in'          a template as answers show it, or some words of a line
  file:… process:… unit:…         a vertex id from an answer
What fits several is taken as the first that matches; the answer says what else it could be.`;
/** Root causes given. */
export const top = { min: 1, max: 100, default: 5 };
/** Vertices of an answer's graph: the paths of its causes, and what flowed into them. */
export const answerVertices = { min: 1, max: 5_000, default: 60 };
/** Time for the trace, ms. */
export const timeout = { min: 1, max: 600_000 };
/** Entries of one page. */
export const page = { min: 1, max: 1_000, default: 100 };
/** Levels of the trace. */
export const depth = { min: 1, max: 64, default: 24 };
