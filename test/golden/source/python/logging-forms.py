"""Every way to log that the analysis knows."""
import logging
import os
import sys
import warnings
from logging import getLogger as make

import structlog
from loguru import logger as guru

log = logging.getLogger(__name__)
other = make("other").getChild("child")
events = structlog.get_logger().bind(service="x")
TEMPLATES = {"a": "table a %s", "b": "table b %s"}
SUM = "sum is %d%%"


def forms(name, count, values, code):
    log.info("plain 100%")
    log.info("percent %s and %5.2f and %x and %r", name, 1.5, 255, name)
    log.info("named %(name)s", {"name": name})
    log.info(SUM, count)
    log.info("old style %s" % name)
    log.info("two %s %d" % (name, count))
    log.info("brace {} {1} {key:>8} {{}}".format(name, count, key=3))
    log.info(f"f-string {name!r} {count:05d} {count:,} {count / 3:.1%} {name=} {{}}")
    log.info("joined " + name + " and " + str(count))
    log.info("a" "b" rf"c\d{name}")
    log.log(logging.INFO, "level %s", name)
    log.exception("raised", exc_info=True)
    other.warning("child %s", name)
    logging.error("root %s", name)
    log.info("either %s", "yes" if count else "no")
    log.info("open" if count else "closed")
    log.info(TEMPLATES[code], name)
    log.info("%s", "passed through")
    events.info("order placed", order=name)
    events.info("no fields")
    guru.info("loguru {} {key}", name, key=count)
    guru.opt(colors=True).info("loguru plain {}")
    print("print", name, count, sep=", ")
    print(*values)
    print("two\nlines", file=sys.stderr)
    print()
    sys.stdout.write("written %s\n" % name)
    sys.stderr.write("eol" + os.linesep)
    warnings.warn("deprecated " + name)


class Service:
    def __init__(self, logger=None):
        self._log = logger or logging.getLogger("service")
        self.label = "service"

    def say(self, text, level="info"):
        self._log.info(f"[{level}] {self.label}: {text}")

    def run(self, logger):
        self.say("running fast")
        self.say("really bad", level="error")
        logger.info("injected %s", self.label)
        self.unknown.logger.debug("deep")
        message = "set once"
        if logger:
            message = "set twice"
        self._log.info(message)


def describe(kind):
    if kind:
        return "described %s" % kind
    return "described nothing"


Service().run(log)
log.info(describe(3))
forms("n", 1, [], "a")
