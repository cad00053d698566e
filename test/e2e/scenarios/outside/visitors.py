"""People who use a service as it is meant, at the same time and at random (seeded), until it is enough.

visitors.py LOAD STOP COUNT: LOAD is JSON, {"addresses", "pause" (seconds, at most, between visits), "first", "visits":
[{"weight", "requests": [{"to": [address, port], "method", "path", "form" or "body", "headers", "status": [expected]}]}]}.
Each address makes one visit after another, with cookies of its own, until COUNT visits were made by all and STOP is
there. A path that is a list is one of these; {n} is the visit's number, from "first" on, {client} the client's. Prints
"half" when half of COUNT were made, and at its end a JSON object of what it did. It must not know what else happens.
"""
import http.client
import json
import os
import random
import sys
import threading
import time
import urllib.parse

SECONDS_MAX = 400
VISITS_MAX = 60_000
load = json.load(open(sys.argv[1], encoding="utf-8"))
stop, count = sys.argv[2], int(sys.argv[3])
lock = threading.Lock()
done = {"visits": 0, "requests": 0, "failed": 0, "failures": []}
end = time.monotonic() + SECONDS_MAX


def note_failure(text):
    with lock:
        done["failed"] += 1
        if len(done["failures"]) < 5:
            done["failures"].append(text)


def ask(connection, order, cookies, choice, names):
    path = order["path"] if isinstance(order["path"], str) else choice.choice(order["path"])
    headers = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)", **order.get("headers", {})}
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    body = order.get("body")
    if "form" in order:
        fields = {name: value.format(**names) for name, value in order["form"].items()}
        body = urllib.parse.urlencode(fields)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    elif body is not None:
        body = body.replace("{n}", names["n"])
    connection.request(order["method"], path.format(**names), body, headers)
    response = connection.getresponse()
    response.read()
    for cookie in response.headers.get_all("Set-Cookie") or []:
        name, _, value = cookie.split(";")[0].partition("=")
        cookies[name] = value
    if response.status not in order["status"]:
        note_failure(f"{order['method']} {path} gave {response.status}")


def visit(address, requests, keep, choice, names):
    cookies, connections = {}, {}
    try:
        for order in requests:
            to = tuple(order["to"])
            connection = connections.get(to)
            if connection is None:
                connection = http.client.HTTPConnection(*to, timeout=60, source_address=(address, 0))
                connections[to] = connection
            try:
                ask(connection, order, cookies, choice, names)
            except (http.client.HTTPException, OSError) as error:
                note_failure(f"{order['method']} {order['path']}: {error!r}")
                connections.pop(to).close()
            with lock:
                done["requests"] += 1
            if not keep and to in connections:
                connections.pop(to).close()
    finally:
        for connection in connections.values():
            connection.close()


def client(number, address):
    choice = random.Random(number)
    weights = [each["weight"] for each in load["visits"]]
    while time.monotonic() < end:
        with lock:
            if (done["visits"] >= count and os.path.exists(stop)) or done["visits"] >= VISITS_MAX:
                return
            done["visits"] += 1
            if done["visits"] == (count + 1) // 2:
                print("half", flush=True)
            names = {"n": str(load["first"] + done["visits"]), "client": str(number)}
        [chosen] = choice.choices(load["visits"], weights)
        visit(address, chosen["requests"], number % 2 == 1, choice, names)
        time.sleep(choice.random() * load["pause"])


threads = [threading.Thread(target=client, args=each) for each in enumerate(load["addresses"])]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps(done), flush=True)
