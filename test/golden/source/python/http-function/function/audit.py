import logging

_trail = logging.getLogger("audit")


def audit(text, *args):
    _trail.info("[audit] " + text, *args)
