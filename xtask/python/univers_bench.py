"""Answers the version checks that the Rust bench timed, with the package univers, and prints its time as one metric.

Input: a file of JSON lines, {"version": "1.4.0", "range": "vers:intdot/<1.5", "affected": true}; `affected` is our own
answer and may be absent. Only the checks are timed, not reading the file. Ranges are parsed once each, as in our bench.
"""

import json
import sys
import time
from importlib.metadata import version

from univers.version_range import VersionRange


def main(path):
    with open(path, encoding="utf-8") as lines:
        checks = [json.loads(line) for line in lines if line.strip()]
    ranges, answers = {}, []
    started = time.perf_counter()
    for check in checks:
        text = check["range"]
        if text not in ranges:
            try:
                ranges[text] = VersionRange.from_string(text)
            except Exception:  # the package raises many kinds; each means that it cannot read the range
                ranges[text] = None
        known = ranges[text]
        try:
            answers.append(None if known is None else known.version_class(check["version"]) in known)
        except Exception:  # likewise for a version
            answers.append(None)
    seconds = time.perf_counter() - started
    both = [(a, c["affected"]) for a, c in zip(answers, checks) if a is not None and c.get("affected") is not None]
    print(json.dumps({
        "metric": "version_checks_seconds",
        "value": seconds,
        "unit": "s",
        "baseline": "univers " + version("univers"),
        "checks": len(checks),
        "univers_refused": answers.count(None),
        "univers_agrees": sum(a == b for a, b in both),
        "univers_disagrees": sum(a != b for a, b in both),
    }))


if __name__ == "__main__":
    main(sys.argv[1])
