"""One licence for a model taught by texts under several: the strictest, where there is one that honours all.

Whether a model's weights are a work derived from its texts is not settled in law. The rule takes the careful side:
it treats them so, and says `other` as soon as no single licence can carry every condition.
"""

from collections.abc import Collection
from dataclasses import dataclass

UNKNOWN = "unknown"
BY, SA, NC, ND = "BY", "SA", "NC", "ND"
CONDITIONS: dict[str, frozenset[str]] = {
    "CC0-1.0": frozenset(),
    "PDDL-1.0": frozenset(),
    "MIT": frozenset({BY}),
    "BSD-3-Clause": frozenset({BY}),
    "Apache-2.0": frozenset({BY}),
    "ODC-By-1.0": frozenset({BY}),
    "CC-BY-3.0": frozenset({BY}),
    "CC-BY-4.0": frozenset({BY}),
    "CC-BY-SA-3.0": frozenset({BY, SA}),
    "CC-BY-SA-4.0": frozenset({BY, SA}),
    "CC-BY-NC-3.0": frozenset({BY, NC}),
    "CC-BY-NC-4.0": frozenset({BY, NC}),
    "CC-BY-NC-SA-3.0": frozenset({BY, NC, SA}),
    "CC-BY-NC-SA-4.0": frozenset({BY, NC, SA}),
    "CC-BY-ND-4.0": frozenset({BY, ND}),
    "CC-BY-NC-ND-4.0": frozenset({BY, NC, ND}),
}
"""SPDX identifier -> what it asks for: attribution, the same licence for derived works, no commercial use, no derived
works. The freest first; among equals the later one is chosen (its notice asks for more)."""
HUB_NAMES = {"PDDL-1.0": "pddl", "ODC-By-1.0": "odc-by"}
"""Hugging Face's identifiers where they are not SPDX's in small letters."""


@dataclass(frozen=True, slots=True)
class ModelLicence:
    hub: str
    """Hugging Face's identifier for the front matter."""
    name: str | None
    """A name for `license_name` where `hub` is other."""
    reason: str
    """One Chinese sentence: how it was found."""


def model_licence(licences: Collection[str], declared: str | None = None) -> ModelLicence:
    """`declared` where the publisher answers for it, else derived from the SPDX identifiers of the texts."""
    if declared is not None:
        return _named(declared, f"发布者声明为 {declared}（release.licence），并非由来源的许可推得。")
    return _underivable(licences) or _strictest(licences)


def _underivable(licences: Collection[str]) -> ModelLicence | None:
    """`other`, where a source's conditions are not known or allow no derived work."""
    if UNKNOWN in licences:
        reason = "有来源没有声明许可，推不出整个模型的许可，所以写作 other。"
        return ModelLicence("other", "unknown-source-licences", reason)
    strange = sorted(set(licences) - set(CONDITIONS))
    if strange:
        reason = f"推导规则不认识 {'、'.join(strange)} 的条件，所以写作 other。"
        return ModelLicence("other", "unlisted-source-licences", reason)
    forbidding = sorted(licence for licence in licences if ND in CONDITIONS[licence])
    if forbidding:
        reason = f"{'、'.join(forbidding)} 不许演绎，模型算不算演绎尚无定论，所以写作 other。"
        return ModelLicence("other", "no-derivatives-sources", reason)
    return None


def _strictest(licences: Collection[str]) -> ModelLicence:
    """The one that carries every condition; `other` where none does."""
    wanted = frozenset().union(*(CONDITIONS[licence] for licence in licences))
    strictest = [licence for licence in CONDITIONS if licence in licences and CONDITIONS[licence] == wanted]
    alike = [licence for licence in licences if SA in CONDITIONS[licence]]
    if not strictest or any(CONDITIONS[licence] != wanted for licence in alike):
        reason = f"{'、'.join(sorted(licences))} 的条件没有哪一种许可能同时满足，所以写作 other。"
        return ModelLicence("other", "conflicting-source-licences", reason)
    if len(set(licences)) == 1:
        return _named(strictest[-1], f"全部训练文档都在 {strictest[-1]} 之下，模型随之。")
    return _named(strictest[-1], f"取各来源许可中条件最多的一种：{strictest[-1]}。")


def _named(licence: str, reason: str) -> ModelLicence:
    if licence not in CONDITIONS:
        return ModelLicence("other", licence.lower(), reason)
    return ModelLicence(HUB_NAMES.get(licence, licence.lower()), None, reason)
