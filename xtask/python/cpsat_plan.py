"""Solves the planner's first level, the very same columns and rows, with OR-Tools CP-SAT: one goal after another, each kept within
what may be given up of it. Prints one metric for each goal and one for the processor time.

Input: a JSON file {"upper": [..], "rows": [{"terms": [[column, factor], ..], "most": 3, "exact": false}, ..],
"goals": [{"goal": "deferred", "give_up_per_10000": 0, "costs": [[column, cost], ..]}, ..]}; the time in seconds for all goals; workers.
The time counts from before the model is built.
"""

import json
import sys
import time
from importlib.metadata import version

from ortools.sat.python import cp_model


def main(path, seconds, workers):
    with open(path, encoding="utf-8") as file:
        instance = json.load(file)
    began, used = time.perf_counter(), time.process_time()
    model = cp_model.CpModel()
    columns = [model.new_int_var(0, upper, "") for upper in instance["upper"]]
    for row in instance["rows"]:
        total = cp_model.LinearExpr.weighted_sum([columns[c] for c, _ in row["terms"]], [f for _, f in row["terms"]])
        model.add(total == row["most"] if row["exact"] else total <= row["most"])
    values, goals = None, instance["goals"]
    reached = []
    for number, goal in enumerate(goals):
        cost = cp_model.LinearExpr.weighted_sum([columns[c] for c, _ in goal["costs"]], [f for _, f in goal["costs"]])
        left = float(seconds) - (time.perf_counter() - began)
        still = len(goals) - number
        share = left if still == 1 else left * 3 / (still + 2)
        if values is not None:
            model.clear_hints()
            for column, value in zip(columns, values):
                model.add_hint(column, value)
        model.minimize(cost)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = int(workers)
        solver.parameters.max_time_in_seconds = max(0.1, share)
        status = solver.solve(model)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            values = [solver.value(column) for column in columns]
        value = None if values is None else sum(f * values[c] for c, f in goal["costs"])
        bound = solver.best_objective_bound
        reached.append((goal["goal"], value, bound))
        if value is None:
            raise SystemExit("CP-SAT found no solution in the time of " + goal["goal"])
        model.add(cost <= value + value * goal["give_up_per_10000"] // 10000)
    verify(instance, values)
    for name, value, bound in reached:
        print(json.dumps({
            "metric": "cpsat_" + name, "value": value, "unit": "",
            "cpsat_at_least": bound,
        }))
    print(json.dumps({
        "metric": "cpsat_cpu_seconds", "value": time.process_time() - used, "unit": "s",
        "wall_seconds": time.perf_counter() - began,
        "baseline": "OR-Tools CP-SAT " + version("ortools") + ", " + workers + " workers",
    }))


def verify(instance, values):
    """An assertion fails when the solution does not keep to the rows."""
    for row in instance["rows"]:
        total = sum(factor * values[column] for column, factor in row["terms"])
        assert total == row["most"] if row["exact"] else total <= row["most"]


if __name__ == "__main__":
    main(*sys.argv[1:4])
