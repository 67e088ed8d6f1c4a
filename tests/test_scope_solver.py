"""The scopes that calls need are the smallest set that serves them all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from itertools import chain, combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from validator.scopes import solver
from validator.scopes.solver import Alternatives, Solution, serves


def smallest(
    calls: Iterable[Alternatives],
    held: Collection[str] = (),
    weight: Callable[[str], int] = lambda _: 0,
) -> Solution:
    """Solve calls; by default nothing is held, and no scope weighs more than another."""
    return solver.smallest(calls, held, weight)


def call(*alternatives: str) -> Alternatives:
    """``call("a b", "c")`` needs both a and b, or c."""
    return tuple(frozenset(names.split()) for names in alternatives)


@pytest.mark.parametrize(
    ("calls", "held", "expected"),
    [
        ([], "", ""),
        ([call("")], "a", ""),
        ([call("a")], "", "a"),
        ([call("a b")], "", "a b"),
        ([call("b", "a")], "", "b"),
        ([call("b", "a")], "b", "b"),
        ([call("a", "b"), call("b")], "", "b"),
        ([call("a", "b"), call("b")], "a", "b"),
        ([call("a", "b c")], "", "a"),
        ([call("a", "a b")], "b", "a"),
        ([call("a", "x"), call("b", "x"), call("c", "x")], "", "x"),
        ([call("a", "x"), call("b", "x")], "a b", "a b"),
        ([call("a", "x"), call("b", "x"), call("c", "x")], "a b", "x"),
        ([call("a b", "c d"), call("a c", "d e"), call("c", "a")], "", "a b c"),
        ([call("b", "a"), call("b", "a", "c")], "", "b"),
        ([call("a"), call("a b"), call("c", "b")], "", "a b"),
        ([call("x", "y"), call("y", "z"), call("z", "x")], "", "x y"),
        # Another set of the same size is still looked for: it may be the more usual one, or held.
        ([call("c", "a"), call("a c", "d")], "", "a c"),
        ([call("b c", "d"), call("b", "a")], "c d", "b c"),
    ],
)
def test_and_or(calls: list[Alternatives], held: str, expected: str) -> None:
    assert sorted(smallest(calls, held.split()).scopes) == expected.split()


def test_the_lighter_of_two_sets_of_a_size_wins() -> None:
    calls = [call("admin", "reader")]
    assert smallest(calls, weight=lambda scope: scope == "admin").scopes == {"reader"}
    assert smallest(calls, weight=lambda scope: scope == "reader").scopes == {"admin"}


names = st.sampled_from("abcdefg")
calls = st.lists(
    st.lists(st.frozensets(names, max_size=3), min_size=1, max_size=3).map(tuple), max_size=7
)


@given(calls, st.frozensets(names))
def test_the_set_serves_every_call_and_nothing_can_be_left_out(
    calls: list[Alternatives], held: frozenset[str]
) -> None:
    scopes = smallest(calls, held).scopes
    assert all(serves(scopes, each) for each in calls)
    for scope in scopes:
        assert not all(serves(scopes - {scope}, each) for each in calls)


@given(calls)
def test_no_other_set_is_smaller(calls: list[Alternatives]) -> None:
    found = smallest(calls)
    every = chain.from_iterable(combinations("abcdefg", size) for size in range(8))
    least = next(scopes for scopes in every if all(serves(scopes, each) for each in calls))
    assert found.is_smallest
    assert len(found.scopes) == len(least)


@given(calls, st.frozensets(names), st.randoms(use_true_random=False))
def test_the_order_of_calls_does_not_matter(
    calls: list[Alternatives], held: frozenset[str], random: object
) -> None:
    shuffled = list(calls)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert smallest(calls, held) == smallest(shuffled, sorted(held))


@given(calls, st.frozensets(names))
def test_nothing_is_added_where_all_calls_are_served(
    calls: list[Alternatives], held: frozenset[str]
) -> None:
    if all(serves(held, each) for each in calls):
        assert smallest(calls, held).scopes <= held


def test_a_hostile_cover_ends_in_time_with_a_set_that_serves() -> None:
    calls = [
        call(*(f"s{(number * 7 + step * step * 13) % 60}" for step in range(6)))
        for number in range(200)
    ]
    found = smallest(calls)
    assert not found.is_smallest
    assert all(serves(found.scopes, each) for each in calls)
    for scope in found.scopes:
        assert not all(serves(found.scopes - {scope}, each) for each in calls)


@given(calls, st.frozensets(names), st.dictionaries(names, st.integers(0, 2)))
def test_of_all_sets_the_best_one_wins(
    calls: list[Alternatives], held: frozenset[str], weights: dict[str, int]
) -> None:
    """Fewest, then most of those held, then the lightest, the most usual, the first in the alphabet."""
    assume(not any(serves(held, each) for each in calls if all(each)))  # or nothing else is weighed
    places = {
        name: min(place for each in calls for place, own in enumerate(each) if name in own)
        for name in frozenset().union(*chain.from_iterable(calls))
    }
    every = [
        scopes
        for size in range(len(places) + 1)
        for scopes in combinations(sorted(places), size)
        if all(serves(scopes, each) for each in calls)
    ]
    best = min(
        every,
        key=lambda scopes: (
            len(scopes),
            len(set(scopes) - held),
            sum(weights.get(name, 0) for name in scopes),
            sum(places[name] for name in scopes),
            scopes,
        ),
    )
    found = smallest(calls, held, lambda name: weights.get(name, 0))
    assert found.is_smallest
    assert sorted(found.scopes) == list(best)


RING = [call("x", "y"), call("y", "z"), call("z", "x")]


def test_a_search_that_is_cut_short_says_so_at_its_last_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = []
    for steps in range(50):
        monkeypatch.setattr(solver, "MOST_STEPS", steps)
        answers.append(smallest(RING).is_smallest)
    needed = answers.index(True)
    assert needed == 7
    assert answers == [False] * needed + [True] * (50 - needed)


def test_where_nothing_is_searched_what_is_held_is_left_out_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(solver, "MOST_STEPS", 0)
    calls = [call("a c d", "a c", "b d"), call("a b d", "b c d"), call("a", "b d")]
    assert smallest(calls, "ad").scopes == set("abd")
    assert all(serves(smallest(calls, held).scopes, each) for each in calls for held in "abcd")
