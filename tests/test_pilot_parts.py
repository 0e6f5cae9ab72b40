"""What a project costs by SMS that takes no words of everybody, a test or a closed question: two parts at most, with all names full."""

from datetime import date

import msgspec
import pytest

from conversations import segments
from tests import filled
from tests.filled import LONG_TEXT

PILOTS: dict[str, tuple[str, ...]] = {
    "welcome": ("> PLACE", "> INFO", "> bonjour"),
    "the text came along": ("> PLACE " + LONG_TEXT, "… 60 s", "> et un banc", "… 60 s"),
    "in another script": ("> PLACE نحتاج الى مقاعد", "… 60 s"),
    "a lent phone": ("> PRETE " + LONG_TEXT, "… 60 s"),
    "complete": ("> PLACE", "> " + LONG_TEXT, "… 60 s"),
    "complete, with a text": ("> PLACE " + LONG_TEXT, "… 60 s"),
    "the last place went": ("> PLACE " + LONG_TEXT, "… 60 s", "> 1 = PilotFull('p0')"),
}


@pytest.mark.parametrize("name", PILOTS)
@pytest.mark.parametrize("processes", [1, 2, 3])
def test_a_test_is_told_in_two_parts_of_which_one_says_so(name: str, processes: int) -> None:
    for long in (False, True):
        stage = filled.stage(long=long, processes=processes)
        shut = name.startswith("complete")
        slugs = [f"p{number}" for number in range(processes)]
        first, *others = (msgspec.structs.replace(one, slug=slug) for one, slug in zip(stage.processes, slugs, strict=True))
        others = [msgspec.structs.replace(one, entries=()) for one in others]
        stage.processes = (msgspec.structs.replace(first, pilot=1000, full=shut), *others)
        for line in PILOTS[name]:
            said, _equals, answer = line.partition(" = ")
            stage.hear(said, (f"= {answer}",) if answer else ())
        assert "en test" in stage.said[0]
        for said in stage.said:
            assert segments.count(said).parts <= 2, said


@pytest.mark.parametrize("processes", [1, 2, 3])
@pytest.mark.parametrize("when", ["closed_on", "opens_on"])
def test_a_question_that_is_closed_or_not_open_yet_is_told_in_two_parts(when: str, processes: int) -> None:
    for long in (False, True):
        stage = filled.stage(long=long, processes=processes)
        first, *others = stage.processes
        others = [msgspec.structs.replace(one, entries=()) for one in others]
        stage.processes = (msgspec.structs.replace(first, question=None, **{when: date(2027, 9, 30)}), *others)
        for line in ("> PLACE", "> PLACE " + LONG_TEXT, "… 60 s"):
            stage.hear(line)
        assert "30/09" in stage.said[0]
        for said in stage.said:
            assert segments.count(said).parts <= 2, said


def test_the_question_whether_it_was_easy_costs_no_part_more() -> None:
    for long in (False, True):
        stage = filled.stage(long=long)
        stage.processes = (msgspec.structs.replace(stage.processes[0], optional="easy"),)
        for line in ("> PLACE a", "… 60 s", "> 1", "> 2", "> b", "… 60 s", "> 2"):
            stage.hear(line)
        assert all(segments.count(said).parts <= 2 for said in stage.said), stage.said
        assert "c'était facile ? 1 oui 2 non, dites pourquoi" in stage.said[1]
