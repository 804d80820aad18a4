"""What the comparison of an environment with its lock finds."""

from __future__ import annotations

from scripts.check_environment import Installed, differences, read_lock, read_policy, unsatisfied

LOCK = """\
# made by hand
alpha==1.2.0 \\
    --hash=sha256:00
    # via something
Beta_Tools==2.0 ; sys_platform == 'win32' \\
    --hash=sha256:00
gamma.core==3.1 ; python_full_version >= '3.8' \\
    --hash=sha256:00
"""

PYPROJECT = {
    "tool": {
        "uv": {
            "dependency-metadata": [{"name": "rasa", "requires-dist": ["numpy<1.25", "tensorflow==2.12.0"]}],
            "override-dependencies": ["numpy>=1.26,<2"],
            "exclude-dependencies": ["tensorflow"],
        }
    }
}
NO_POLICY = read_policy({})


def environment(*packages: Installed) -> dict[str, Installed]:
    return {package.name: package for package in packages}


def test_reads_names_versions_and_only_what_applies_here() -> None:
    assert read_lock(LOCK) == {"alpha": "1.2.0", "gamma-core": "3.1"}


def test_an_environment_as_locked_has_no_differences() -> None:
    assert differences({"alpha": "1.0"}, environment(Installed("alpha", "1.0"))) == []


def test_names_what_is_missing_extra_and_of_another_version() -> None:
    found = environment(Installed("alpha", "1.1"), Installed("stray", "9"))
    assert differences({"alpha": "1.0", "beta": "2.0"}, found) == [
        "alpha 1.1 is installed; 1.0 is locked",
        "beta 2.0 is not installed",
        "stray 9 is installed and not locked",
    ]


def test_a_requirement_that_does_not_hold_is_named_with_who_has_it() -> None:
    found = environment(Installed("alpha", "1.0", ("beta>=2", "delta")), Installed("beta", "1.9"))
    assert unsatisfied(found, NO_POLICY) == [
        "alpha needs beta >=2; 1.9 is installed",
        "alpha needs delta, which is not installed",
    ]


def test_requirements_for_other_systems_and_unasked_extras_do_not_count() -> None:
    requires = ("winonly ; sys_platform == 'win32'", "nice ; extra == 'nice'")
    assert unsatisfied(environment(Installed("alpha", "1.0", requires)), NO_POLICY) == []


def test_an_extra_that_somebody_asks_for_counts() -> None:
    found = environment(
        Installed("alpha", "1.0", ("beta[fast]",)), Installed("beta", "1", ("speed ; extra == 'fast'",))
    )
    assert unsatisfied(found, NO_POLICY) == ["beta[fast] needs speed, which is not installed"]


def test_pyproject_restates_lifts_and_excludes() -> None:
    rasa = Installed("rasa", "3.6.21", ("torch",))  # its own metadata is not asked
    policy = read_policy(PYPROJECT)
    assert unsatisfied(environment(rasa, Installed("numpy", "1.26.4")), policy) == []


def test_a_lifted_pin_is_still_a_pin() -> None:
    policy = read_policy(PYPROJECT)
    found = environment(Installed("rasa", "3.6.21"), Installed("numpy", "2.1.0"))
    assert unsatisfied(found, policy) == ["rasa needs numpy <2,>=1.26; 2.1.0 is installed"]


def test_a_lifted_pin_does_not_hide_that_somebody_needs_more() -> None:
    policy = read_policy(PYPROJECT)
    found = environment(Installed("alpha", "1.0", ("numpy>=1.26.5",)), Installed("numpy", "1.26.4"))
    assert unsatisfied(found, policy) == ["alpha needs numpy <2,>=1.26,>=1.26.5; 1.26.4 is installed"]
