import logging

log = logging.getLogger()


def first(a):
    log.info("first %s", a)
    x = = 3
    log.info("still first")


def second(:
    log.info("second")

def third(b):
    if b
        log.info("third")
    log.info("end of third"


def fourth():
    log.info("fourth")
