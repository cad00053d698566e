"""Performs a scenario's steps, one after another, and stops at the first answer that is not the expected one.

Arguments: SCENARIO_JSON LOG
"""

import json
import sys
import time

from session import Session


def main(scenario_path, log_path):
    with open(scenario_path, encoding="utf-8") as file:
        scenario = json.load(file)
    with open(log_path, "a", encoding="utf-8") as log:
        session = Session(scenario["client"], log, agent="Mozilla/5.0 (X11; Linux x86_64)")
        for step in scenario["steps"]:
            status = session.request(step["method"], step["path"], step.get("form"), step["what"])
            if status != step["status"]:
                sys.exit(f"actor: {step['what']}: expected status {step['status']}, got {status}")
            time.sleep(0.4)


main(*sys.argv[1:])
