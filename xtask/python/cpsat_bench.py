"""Solves the instances that the Rust bench of the scheduler solved with OR-Tools CP-SAT, one worker and the same time each, and
prints one metric for each set.

Input: a file of JSON lines, {"set": "j60", "name": "j601_4", "best_known": 91, "horizon": 324, "amounts": [..],
"tasks": [{"minutes": 4, "needs": [[resource, amount], ..], "after": [task, ..]}, ..]}; the time in seconds; how many side by side.
The time counts from before the model is built. Each schedule is looked at: order and amounts.
"""

import json
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

from ortools.sat.python import cp_model


def solve(instance, seconds):
    started = time.perf_counter()
    model = cp_model.CpModel()
    horizon = instance["horizon"]
    starts, intervals, ends = [], [], []
    for task in instance["tasks"]:
        start = model.new_int_var(0, horizon, "")
        starts.append(start)
        ends.append(start + task["minutes"])
        intervals.append(model.new_fixed_size_interval_var(start, task["minutes"], ""))
    for number, task in enumerate(instance["tasks"]):
        for other in task["after"]:
            model.add(starts[number] >= ends[other])
    for resource, amount in enumerate(instance["amounts"]):
        needs = [(interval, need[1]) for interval, task in zip(intervals, instance["tasks"])
                 for need in task["needs"] if need[0] == resource]
        model.add_cumulative([interval for interval, _ in needs], [need for _, need in needs], amount)
    makespan = model.new_int_var(0, horizon, "")
    model.add_max_equality(makespan, ends)
    model.minimize(makespan)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = max(0.1, seconds - (time.perf_counter() - started))
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, False
    found = [solver.value(start) for start in starts]
    return verify(instance, found), status == cp_model.OPTIMAL


def verify(instance, starts):
    """The schedule's end; an assertion fails when it does not keep to the instance."""
    tasks = instance["tasks"]
    used = defaultdict(int)
    for start, task in zip(starts, tasks):
        for other in task["after"]:
            assert start >= starts[other] + tasks[other]["minutes"], instance["name"]
        for resource, amount in task["needs"]:
            for minute in range(start, start + task["minutes"]):
                used[resource, minute] += amount
    assert all(amount <= instance["amounts"][resource] for (resource, _), amount in used.items()), instance["name"]
    return max(start + task["minutes"] for start, task in zip(starts, tasks))


def main(path, seconds, side_by_side):
    with open(path, encoding="utf-8") as lines:
        instances = [json.loads(line) for line in lines if line.strip()]
    with ThreadPoolExecutor(int(side_by_side)) as pool:
        answers = list(pool.map(lambda instance: solve(instance, float(seconds)), instances))
    for name in dict.fromkeys(instance["set"] for instance in instances):
        of_set = [(i["best_known"], end, best) for i, (end, best) in zip(instances, answers) if i["set"] == name]
        solved = [(known, end, best) for known, end, best in of_set if end is not None]
        deviations = [(end / known - 1) * 100 for known, end, _ in solved]
        print(json.dumps({
            "metric": name + "_mean_deviation_percent",
            "value": sum(deviations) / len(deviations) if deviations else float("nan"),
            "unit": "%",
            "baseline": "OR-Tools CP-SAT " + version("ortools") + ", one worker",
            "cpsat_without_schedule": len(of_set) - len(solved),
            "cpsat_worst_deviation_percent": max(deviations, default=None),
            "cpsat_at_best_known": sum(end == known for known, end, _ in solved),
            "cpsat_proven_best": sum(best for _, _, best in solved),
        }))


if __name__ == "__main__":
    main(*sys.argv[1:4])
