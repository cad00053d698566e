"""Writes ground-truth.json from what the scripted clients and listeners did themselves, never from the audit log.

The one thing taken from a recorded log is the text of a symptom line, found by the scenario's own pattern.
Arguments: SCENARIO_JSON WORK OUTPUT
"""

import json
import re
import sys

WEB = "10.77.0.10:80"
# One for each round of the operators' chores.
OUTBOUND = 4


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def symptom_line(scenario, work):
    with open(f"{work}/logs/{scenario['symptomLog']}", encoding="utf-8", errors="replace") as file:
        found = [line.rstrip("\n") for line in file if re.search(scenario["symptomPattern"], line)]
    if len(found) != 1:
        sys.exit(f"ground truth: {len(found)} lines match {scenario['symptomPattern']}, expected 1")
    return found[0]


def script_steps(cause, theft):
    """The inner steps happened between the request and the listener's accept; only those two were clocked."""
    inner = {"time": cause["start"], "until": theft["start"]}
    return [
        {"what": "the page starts the script", "from": "/srv/app/pages/link.php", "to": "/srv/app/bin/mal.sh", **inner},
        {"what": "the script reads the release files", "from": "/etc/os-release", "to": "/srv/app/bin/mal.sh", **inner},
        {
            "what": f"the script sends {theft['bytes']} bytes to the attacker",
            "from": theft["from"],
            "to": theft["to"],
            "time": theft["start"],
            "until": theft["end"],
        },
    ]


def main(scenario_path, work, output):
    with open(scenario_path, encoding="utf-8") as file:
        scenario = json.load(file)
    acts = lines(f"{work}/actor.jsonl")
    benign = lines(f"{work}/benign.jsonl")
    thefts = lines(f"{work}/attacker.jsonl")
    if not benign or min(b["start"] for b in benign) > acts[0]["start"] or max(b["end"] for b in benign) < acts[-1]["end"]:
        sys.exit("ground truth: the benign traffic does not enclose the scenario")
    if len(thefts) != (1 if "symptom" in scenario else 0):
        sys.exit(f"ground truth: the attacker's address got {len(thefts)} connections")
    outbound = lines(f"{work}/mirror.jsonl")
    if len(outbound) != OUTBOUND:
        sys.exit(f"ground truth: the harmless server got {len(outbound)} connections, expected {OUTBOUND}")
    cause = next(act for act in acts if act["what"] == scenario["cause"])
    steps = [
        {
            "what": act["what"],
            "from": f"{act['client']}:{act['port']}",
            "to": f"{WEB} {act['method']} {act['path']}",
            "time": act["start"],
            "until": act["end"],
        }
        for act in acts
    ]
    if thefts:
        steps += script_steps(cause, thefts[0])
    truth = {
        "scenario": scenario["scenario"],
        "title": scenario["title"],
        "symptom": scenario.get("symptom") or symptom_line(scenario, work),
        "symptomLog": scenario.get("symptomLog"),
        "rootCause": {"address": cause["client"], "port": cause["port"]},
        "attackerAddress": scenario["symptom"].split(":")[0] if thefts else None,
        "steps": steps,
        "benignClients": sorted({entry["client"] for entry in benign}),
        "benignRequests": len(benign),
        "benignOutbound": [{"from": visit["from"], "to": visit["to"], "time": visit["start"]} for visit in outbound],
    }
    with open(output, "w", encoding="utf-8") as file:
        json.dump(truth, file, indent=2, ensure_ascii=False)
        file.write("\n")


main(*sys.argv[1:])
