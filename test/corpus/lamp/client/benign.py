"""Other people using the same application at the same time. Seeded, so that a recording can be made again.

Each client lives through sessions (browse, register, log in, look around, log out) with pauses, until the
stop file appears and it has made its share of requests.

Arguments: LOG STOP_FILE SEED
"""

import os
import random
import sys
import threading
import time

from session import Session

CLIENTS = [f"198.51.100.{100 + number}" for number in range(6)]
USERS = ["anna", "bertil", "cecilia", "david", "erik", "frida"]
REQUESTS_MIN = 34
PASSWORD = "correct horse"


def one_session(session, user, choice, visit):
    session.request("GET", "/")
    session.request("GET", "/style.css")
    if choice.random() < 0.2:
        newcomer = f"{user}-{visit}"
        session.request("POST", "/register.php", {"user": newcomer, "password": PASSWORD})
        user = newcomer
    if choice.random() < 0.2:
        session.request("POST", "/login.php", {"user": user, "password": "wrong"})
    session.request("POST", "/login.php", {"user": user, "password": PASSWORD})
    session.request("GET", "/welcome.php")
    for _ in range(choice.randrange(3)):
        session.request("GET", choice.choice(["/status.php", "/welcome.php", "/favicon.ico", "/style.css"]))
        time.sleep(choice.uniform(0.05, 0.3))
    if choice.random() < 0.15:
        session.request("POST", "/reset.php", {"password": PASSWORD})
    else:
        session.request("GET", "/logout.php")
    session.close()


def client(number, log, stop_file, seed):
    choice = random.Random(f"{seed}-{number}")
    counted = CountingLog(log)
    visit = 0
    while counted.lines < REQUESTS_MIN or not os.path.exists(stop_file):
        session = Session(CLIENTS[number], counted, keep_alive=number % 2 == 1, agent=f"Benign/{number}")
        one_session(session, USERS[number], choice, visit)
        visit += 1
        time.sleep(choice.uniform(0.5, 1.5))


class CountingLog:
    def __init__(self, log):
        self.log = log
        self.lines = 0

    def write(self, text):
        self.lines += 1
        self.log.write(text)

    def flush(self):
        self.log.flush()


def main(log_path, stop_file, seed):
    failures = []
    threading.excepthook = lambda problem: failures.append(f"{problem.exc_type.__name__}: {problem.exc_value}")
    with open(log_path, "a", encoding="utf-8") as log:
        threads = [
            threading.Thread(target=client, args=(number, log, stop_file, seed)) for number in range(len(CLIENTS))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if failures:
        sys.exit(f"benign: {failures[0]}")


main(*sys.argv[1:])
