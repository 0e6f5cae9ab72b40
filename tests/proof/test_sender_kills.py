"""kill -9 while messages leave: no reply lost, no campaign message twice, whatever may have gone twice is listed."""

import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from outreach import outbox
from outreach.crypto import make_key_file, read_key_file
from outreach.db import Database
from outreach.outbox import fates
from tests.conftest import Clock
from tests.outbox_office import Office, agreeing
from tests.peers import ROOT

KILLS = 6
MESSAGES = 120


@pytest.mark.proof
@pytest.mark.timeout(300)
def test_a_sender_killed_again_and_again_loses_nothing_and_sends_no_campaign_twice(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    key_file, wire = tmp_path / "key", tmp_path / "wire"
    make_key_file(key_file)
    assert database.house is not None
    database.house = replace(database.house, keys=read_key_file(key_file))
    office = Office(database, clock, take_lease=False)
    replies, campaign = [], []
    for number in range(MESSAGES // 2):
        replies.append(office.put(office.person(f"+3363998{number:04d}"), "reply"))
        campaign.append(office.put(agreeing(office, f"+3363999{number:04d}"), "campaign", "campaign"))

    def states() -> Counter[str]:
        return Counter(office.row(one).state for one in replies + campaign)

    for run in range(KILLS + 1):
        at = clock.advance(seconds=10).isoformat()  # what was unclear may go again
        url = database.url.render_as_string(hide_password=False)
        command = [sys.executable, "-m", "tests.proof.sender_child", url, str(key_file), str(wire), f"run {run}", at]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as child:
            before, end = _lines(wire), time.monotonic() + 40
            enough = before + random.randint(3, MESSAGES // (KILLS + 2))
            while time.monotonic() < end and (_lines(wire) < enough if run < KILLS else states().keys() & {"queued", "sending"}):
                time.sleep(0.01)
            child.kill()

    sent = Counter(int(line) for line in wire.read_text().split())
    with database.read() as session:
        listed = {line.id for line in outbox.listing(session, "unknown", limit=MESSAGES)}
    assert not states().keys() & {"queued", "sending"}
    assert all(sent[one] == 1 or (sent[one] <= fates.CRASHES and one in listed) for one in replies if office.row(one).state == "wired")
    assert all(office.row(one).state == "wired" or one in listed for one in replies)
    assert all(sent[one] >= 1 for one in replies if one not in listed)
    assert all(sent[one] <= 1 for one in campaign)
    assert all(sent[one] == 1 or one in listed for one in campaign)
    assert {one for one, times in sent.items() if times > 1} <= listed
    print(f"{sum(sent.values())} sends of {MESSAGES} messages, {len(listed)} listed, {sum(times > 1 for times in sent.values())} twice")


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0
