"""Quantities and conditions written where they are used, put under names: one form for whatever is computed.

In a file a quantity may stand inside a rule, a node, a ranking, an outcome or another quantity. Here each gets a name
made of where it stands (``on_time-late-per``) and its place among ``quantities``, or among ``measures`` where it
counts rows or reads a fact. A rule keeps the shapes that it had without them: what it multiplies and what it asks for
are quantities by name. Problems are still told where the file has them.

It is done twice: to the file as it is written, and once readings are chosen, since an option may be a quantity.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from auditlib.core.yaml_file import Path_, Tree
from auditlib.scheme.hoisted_quantities import BOUNDS, HoistedQuantities
from auditlib.scheme.reference_names import references_in

__all__ = ["hoisted"]

AMOUNTS = ("start", "floor", "cap")


def hoisted(tree: Tree) -> Tree:
    """``tree`` with every quantity under a name. What is no quantity stays as it is, for the model to refuse."""
    value = tree.value
    if not isinstance(value, dict):
        return tree
    hoist = _Hoist(value)
    result = hoist.run(value)
    if not hoist.moved:
        return tree
    return replace(tree, value=result, moved={**hoist.moved, **tree.moved})


class _Hoist(HoistedQuantities):
    """A file in which rules, nodes, rankings and outcomes name the quantities that they use."""

    def run(self, value: dict[str, Any]) -> dict[str, Any]:
        """The file with its quantities hoisted."""
        result = dict(value)
        written = value.get("quantities")
        if isinstance(written, dict):
            for name, former in written.items():
                self.former(str(name), former, ("quantities", name))
        for section in ("indicators", "branches"):
            if isinstance(value.get(section), list):
                result[section] = [
                    self._node(node, (section, index)) if isinstance(node, dict) else node
                    for index, node in enumerate(value[section])
                ]
        for section, method in (("rankings", self._ranking), ("outcomes", self._outcome)):
            if isinstance(value.get(section), list):
                result[section] = [
                    method(one, (section, index)) if isinstance(one, dict) else one
                    for index, one in enumerate(value[section])
                ]
        if isinstance(value.get("ranking"), dict):
            result["ranking"] = self._ranking(value["ranking"], ("ranking",))
        if "ranking" not in value and value.get("rankings"):
            self.moved[("ranking",)] = ("rankings", 0)
        if self.measures:
            result["measures"] = {**(value.get("measures") or {}), **self.measures}
        if self.quantities or isinstance(written, dict):
            result["quantities"] = self.quantities
            named = [str(name) for name in written or () if str(name) in self.quantities]
            result["named"] = value.get("named", named)
        return result

    def _node(self, node: dict[str, Any], path: Path_) -> dict[str, Any]:
        result, name = dict(node), str(node.get("id", "node"))
        for key in AMOUNTS:
            if isinstance(node.get(key), dict) or self._is_name(node.get(key)):
                result[f"{key}_of"] = self.part(node[key], f"{name}-{key}", (*path, key))
                result[key] = 0 if key == "start" else None
                self.moved[(*path, f"{key}_of")] = (*path, key)
        if "only" in node:
            result["only"] = self.condition(node["only"], f"{name}-only", (*path, "only"))
        if isinstance(node.get("rules"), list):
            result["rules"] = [
                self._rule(rule, f"{name}-{rule.get('id', index)}", (*path, "rules", index))
                if isinstance(rule, dict) else rule
                for index, rule in enumerate(node["rules"])
            ]  # fmt: skip
        return result

    def _rule(self, rule: dict[str, Any], name: str, path: Path_) -> dict[str, Any]:
        if self.gaps.intersection(references_in(rule)):
            return rule  # it waits, whatever is written in it
        result = dict(rule)
        for key in ("when", "target"):
            if key in rule:
                result[key] = self._bound(rule[key], f"{name}-{key}", (*path, key))
        if "per" in rule:
            result["per"] = self.named(rule["per"], f"{name}-per", (*path, "per"))
        if isinstance(rule.get("step"), dict):
            step = rule["step"]
            if any(
                isinstance(step.get(key), dict) or self._is_name(step.get(key)) for key in ("above", "below", "every")
            ) or (isinstance(step.get("of"), dict)):
                result.pop("step")
                result["per"] = self.wrapped("steps", step, f"{name}-steps", (*path, "step"))
        points, becomes = result.get("points"), result.get("becomes")
        if isinstance(points, dict) or self._is_name(points):
            self._times(result, name, path)
        elif {"points", "per", "when"} <= result.keys():
            # What is multiplied counts only where the condition holds.
            case = {"when": result.pop("when"), "is": result["per"]}
            result["per"] = self._where(case, name, path)
        if isinstance(becomes, dict) or self._is_name(becomes):
            result["becomes_of"] = self.part(becomes, f"{name}-becomes", (*path, "becomes"))
            result.pop("becomes")
            self.moved[(*path, "becomes_of")] = (*path, "becomes")
        return result

    def _where(self, case: dict[str, Any], name: str, path: Path_) -> Any:
        """What a rule multiplies, where its condition holds; the file has both in the rule itself."""
        free = self.wrapped("choose", {"choose": [case], "else": 0}, f"{name}-where", path)
        self._case_of_a_rule(free, path)
        return free

    def _case_of_a_rule(self, name: str, path: Path_) -> None:
        for key, written in (("when", "when"), ("is", "per")):
            self.moved["quantities", name, "choose", 0, key] = (*path, written)

    def _times(self, rule: dict[str, Any], name: str, path: Path_) -> None:
        """Points that are a quantity: one point for each unit of what is counted, times them."""
        factors = [self.part(rule["points"], f"{name}-points", (*path, "points"))]
        if "per" in rule:
            factors.append(rule["per"])
        if "step" in rule:
            factors.append(self.wrapped("steps", rule.pop("step"), f"{name}-steps", (*path, "step")))
        product: dict[str, Any] = {"multiply": factors} if len(factors) > 1 else {"add": factors}
        if "when" in rule:
            product = {"choose": [{"when": rule.pop("when"), "is": product}], "else": 0}
        rule["per"] = self.part(product, f"{name}-amount", path)
        self._case_of_a_rule(rule["per"], path)
        rule["points"] = 1

    def _bound(self, value: Any, name: str, path: Path_) -> Any:
        """A condition of a rule: one bound on one quantity as it is, anything else as whether it holds."""
        if value is None or (isinstance(value, str) and value.startswith("$")):
            return value
        joined = isinstance(value, dict) and {"all", "any", "not", "known", "group", "outcome"} & value.keys()
        if not isinstance(value, dict) or (joined and "of" not in value):
            # Of what is no condition the model of conditions says what one is.
            return {"of": self.wrapped("holds", value, name, path), "at_least": 1}
        if "of" not in value:
            return value
        bounds = [key for key in BOUNDS if key in value]
        if len(bounds) == 1:
            (key,) = bounds
            of = self.named(value["of"], f"{name}-of", (*path, "of"))
            if not (isinstance(value[key], dict) or self._is_name(value[key])):
                return value | {"of": of}
            other = self.part(value[key], f"{name}-{key}", (*path, key))
            rest = {more: value[more] for more in value if more not in ("of", key)}
            return rest | {"of": self.wrapped("add", {of: 1, other: -1}, f"{name}-difference", path), key: 0}
        if not bounds:
            return value
        return {"of": self.wrapped("holds", value, name, path), "at_least": 1}

    def _ranking(self, ranking: dict[str, Any], path: Path_) -> dict[str, Any]:
        result, name = dict(ranking), str(ranking.get("id", "ranking"))
        if isinstance(ranking.get("by"), list):
            result["by"] = [self._key(key, f"{name}-{n}", (*path, "by", n)) for n, key in enumerate(ranking["by"])]
        for key in ("only", "last"):
            if isinstance(ranking.get(key), dict):
                result[key] = self.condition(ranking[key], f"{name}-{key}", (*path, key))
        return result

    def _key(self, key: Any, name: str, path: Path_) -> Any:
        if isinstance(key, dict) and "of" in key:
            return key | {"of": self.part(key["of"], name, (*path, "of"))}
        return {"of": self.part(key, name, path), "order": "descending"}

    def _outcome(self, outcome: dict[str, Any], path: Path_) -> dict[str, Any]:
        if self.gaps.intersection(references_in(outcome)):
            return outcome
        result, name = dict(outcome), str(outcome.get("id", "outcome"))
        if "when" in outcome:
            result["when"] = self.condition(outcome["when"], f"{name}-when", (*path, "when"))
        if isinstance(outcome.get("consequences"), list):
            result["consequences"] = [
                self._consequence(one, f"{name}-{index}", (*path, "consequences", index))
                if isinstance(one, dict) else one
                for index, one in enumerate(outcome["consequences"])
            ]  # fmt: skip
        return result

    def _consequence(self, one: dict[str, Any], name: str, path: Path_) -> dict[str, Any]:
        if isinstance(one.get("amount"), dict) or self._is_name(one.get("amount")):
            of = self.part(one["amount"], f"{name}-amount", (*path, "amount"))
            self.moved[(*path, "amount_of")] = (*path, "amount")
            return {key: value for key, value in one.items() if key != "amount"} | {"amount_of": of}
        return one
