"""Writes meta.json: on what and with what the recording was made, and what the kernel lost (nothing, or it fails).

Arguments: WORK OUTPUT SCENARIO START END MPM PACKAGE...
"""

import json
import os
import re
import subprocess
import sys


def versions(packages):
    query = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev} ${Version}\n", *packages],
        capture_output=True,
        text=True,
        check=False,
    )
    found = (line.split() for line in query.stdout.splitlines())
    return {fields[0]: fields[2] for fields in found if len(fields) == 3 and fields[1] == "ii"}


def main(work, output, scenario, start, end, mpm, *packages):
    with open(f"{work}/audit/lost", encoding="utf-8") as file:
        lost = int(file.read())
    if lost != 0:
        sys.exit(f"meta: the kernel lost {lost} audit records")
    # The recorder's last words; it fails where any record is lost.
    with open(f"{work}/capture-output", encoding="utf-8") as file:
        told = re.search(r"^([\d,]+) records .* ([\d,]+) log writes, none lost; ", file.read(), re.MULTILINE)
    if told is None:
        sys.exit("meta: the capture lost records")
    captured, written = (int(number.replace(",", "")) for number in told.groups())
    with open(f"{work}/audit/syscalls", encoding="utf-8") as file:
        syscalls = file.read().replace("-S ", "").split()
    with open(f"{work}/logs/audit.log", "rb") as file:
        records = sum(1 for _ in file)
    meta = {
        "scenario": scenario,
        "command": f"record.sh {scenario} OUTDIR",
        "kernel": " ".join(os.uname()[index] for index in (0, 2, 4)),
        "packages": versions(packages),
        "apacheMpm": mpm,
        "auditSyscalls": syscalls,
        "auditRecords": records,
        "auditLost": lost,
        "captureSource": "ebpf",
        "captureRecords": captured,
        "captureLogWrites": written,
        "captureLost": 0,
        "start": start,
        "end": end,
    }
    with open(output, "w", encoding="utf-8") as file:
        json.dump(meta, file, indent=2)
        file.write("\n")


main(*sys.argv[1:])
