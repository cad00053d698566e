"""Takes an order: checks it, charges it, ships it."""
import json
import logging

from . import payment
from .audit import audit

log = logging.getLogger("orders")
LIMIT = 10


class BadOrder(Exception):
    pass


def parse(body):
    try:
        order = json.loads(body)
    except json.JSONDecodeError as error:
        log.warning("order is no JSON: %s at %d", error.msg, error.pos)
        raise BadOrder("not JSON") from error
    if not isinstance(order.get("items"), list):
        log.warning("order has no items")
        raise BadOrder("no items")
    return order


def reserve(items):
    reserved = 0
    for item in items:
        if item["count"] <= 0:
            log.info("skipping %s", item["sku"])
            continue
        if reserved + item["count"] > LIMIT:
            log.error("only %d of %s left", LIMIT - reserved, item["sku"])
            break
        log.info("reserved {count} of {sku}".format(**item))
        reserved += item["count"]
    else:
        log.info("all %d items reserved" % len(items))
    return reserved


def handle(event, context):
    audit("order received from %s", event.headers.get("User-Agent", "nobody"))
    try:
        order = parse(event.body)
        count = reserve(order["items"])
        if count == 0:
            return {"statusCode": 409, "body": "nothing to ship"}
        receipt = payment.charge(order.get("card", ""), order.get("total", 0))
    except BadOrder as error:
        audit("order refused")
        return {"statusCode": 400, "body": str(error)}
    except payment.Declined:
        log.error("payment declined")
        return {"statusCode": 402}
    finally:
        log.info("order handled")
    status = "express" if count > 5 else "standard"
    print("shipping", count, "items by", status, "mail", sep=" ")
    return {"statusCode": 200, "body": receipt}
