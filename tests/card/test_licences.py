"""One licence out of many: the strictest that breaks none of the others, or `other` with its reason."""

import pytest

from pipeline.card.licences import CONDITIONS, model_licence


@pytest.mark.parametrize(
    ("licences", "hub", "name"),
    [
        (["CC-BY-SA-4.0"], "cc-by-sa-4.0", None),
        (["CC0-1.0", "MIT"], "mit", None),
        (["Apache-2.0", "MIT"], "apache-2.0", None),
        (["CC-BY-4.0", "CC-BY-SA-4.0", "Apache-2.0"], "cc-by-sa-4.0", None),
        (["CC-BY-SA-3.0", "CC-BY-SA-4.0"], "cc-by-sa-4.0", None),  # 3.0 lets derived works go to a later version
        (["CC-BY-4.0", "CC-BY-NC-4.0"], "cc-by-nc-4.0", None),
        (["PDDL-1.0"], "pddl", None),
        # Share-alike forbids the further condition, whether or not a licence with both exists.
        (["CC-BY-SA-4.0", "CC-BY-NC-4.0"], "other", "conflicting-source-licences"),
        (["CC-BY-SA-4.0", "CC-BY-NC-SA-4.0"], "other", "conflicting-source-licences"),
        (["CC0-1.0", "CC-BY-ND-4.0"], "other", "no-derivatives-sources"),
        (["MIT", "GFDL-1.3"], "other", "unlisted-source-licences"),
        (["MIT", "unknown"], "other", "unknown-source-licences"),
        (["unknown", "GFDL-1.3", "CC-BY-ND-4.0"], "other", "unknown-source-licences"),
    ],
)
def test_the_model_s_licence_follows_from_its_sources(licences, hub, name):
    found = model_licence(licences)
    assert (found.hub, found.name) == (hub, name)


def test_the_order_of_sources_does_not_matter():
    assert model_licence(["MIT", "Apache-2.0"]) == model_licence(["Apache-2.0", "MIT"])


@pytest.mark.parametrize(
    ("declared", "hub", "name"), [("CC-BY-4.0", "cc-by-4.0", None), ("OpenRAIL-M", "other", "openrail-m")]
)
def test_what_the_publisher_declares_stands(declared, hub, name):
    found = model_licence(["unknown"], declared)
    assert (found.hub, found.name) == (hub, name)
    assert "发布者声明" in found.reason


@pytest.mark.parametrize("licence", CONDITIONS)
def test_a_licence_alone_is_the_model_s_unless_it_forbids_derived_works(licence):
    assert (model_licence([licence]).hub == "other") is ("ND" in licence)
