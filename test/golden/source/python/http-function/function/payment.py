import logging

from .audit import audit


class Declined(Exception):
    pass


class Gateway:
    def __init__(self, name):
        self.name = name
        self.log = logging.getLogger(name)

    def authorise(self, card, total):
        for attempt in range(1, 4):
            self.log.info(f"authorising {total:.2f} at {self.name}, attempt {attempt}")
            if len(card) >= attempt * 4:
                return f"R{attempt}-{card[-4:]}"
            self.log.warning("gateway busy")
        raise Declined(card)


_gateway = Gateway("bank")


def charge(card, total):
    if total <= 0:
        audit("free order")
        return "free"
    receipt = _gateway.authorise(card, total)
    audit("charged, receipt %s", receipt)
    return receipt
