"""Every recorded story, played on a fresh simulator in its own time."""

from __future__ import annotations

import pytest

from tests.recorded.judging import differences
from tests.recorded.playing import play
from tests.recorded.story import stories

STORIES = stories()
NOT_YET: dict[str, str] = {}
"""The stories that the simulator does not agree with, and why. The list may only become shorter."""


@pytest.mark.parametrize("name", STORIES)
def test_the_simulator_does_what_the_real_server_did(name: str, request: pytest.FixtureRequest) -> None:
    if name in NOT_YET:
        request.applymarker(pytest.mark.xfail(reason=NOT_YET[name], strict=True))
    story = STORIES[name]
    played, raw = play(story)
    try:
        assert differences(story, played, raw) == []
    finally:
        raw.close()
        raw.simulator.stop()


def test_every_story_that_does_not_agree_yet_exists() -> None:
    assert NOT_YET.keys() <= STORIES.keys()
