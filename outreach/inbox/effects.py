"""What conversations asked for, carried out by kind for the whole batch, and their outcomes handed back."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import effects, engine, outcomes
from conversations.outcomes import Forgotten, Outcome, Paired, PilotFull, Revised, RightUsed, Submitted, TooMany
from outreach import campaigns, consents, contacts, entrypoints, hours, outbox, paper, pauses, privacy, rights, tickets, workshops
from outreach.contributions import appeals, intake
from outreach.house import house
from outreach.inbox import facts, turns
from outreach.inbox.discarding import discard
from outreach.inbox.talk import Talk
from outreach.tables import address

MOST_ROUNDS = 12  # no conversation needs more: beyond it, it turns in a circle


class Endless(Exception):
    """A conversation answers each outcome with another effect."""


@dataclass(slots=True)
class Job:
    """One effect of one conversation; `effect` is of the kind that its handler is for."""

    talk: Talk
    effect: Any

    @property
    def of(self) -> int:
        """The address."""
        return self.talk.known.address_id


Handler = Callable[[Session, Sequence[Job], datetime], Sequence[Outcome | None]]


def carry_out(session: Session, talks: Sequence[Talk], now: datetime) -> None:
    """Each person's effects in their own order; those of the same kind for all at once, in the order of `talks`."""
    for _ in range(MOST_ROUNDS):
        jobs: dict[type, list[Job]] = defaultdict(list)
        for talk in talks:
            if (effect := _next(session, talk)) is not None:
                jobs[type(effect)].append(Job(talk, effect))
        if not jobs:
            entrypoints.started(session, [token for talk in talks for token in talk.began])
            return
        for kind, handler in HANDLERS.items():  # always in the same order: two processes can't wait for each other
            if kind in jobs:
                _hand_back(session, jobs[kind], handler(session, jobs[kind], now))
    raise Endless


def _hand_back(session: Session, jobs: Sequence[Job], outcomes_: Sequence[Outcome | None]) -> None:
    """Each conversation leads on with what its effect brought about, and may look at its contributions as they stand now."""
    told = {job.of: outcome for job, outcome in zip(jobs, outcomes_, strict=True) if outcome is not None}
    talks = [job.talk for job in jobs if job.of in told]
    facts.changed(talks)
    answers = turns.attempt(session, talks, lambda talk: engine.resume(talk.state, told[talk.known.address_id], talk.facts))
    for talk, answer in zip(talks, answers, strict=True):
        if isinstance(answer, Exception):
            raise answer
        talk.absorb(answer)


def _next(session: Session, talk: Talk) -> effects.Effect | None:
    """The next effect that needs the database now; silences are noted, and nothing more happens to who was forgotten."""
    while talk.effects:
        effect = talk.effects.popleft()
        if talk.gone:
            continue
        if isinstance(effect, effects.WakeAfter):
            at = talk.facts.now + timedelta(seconds=effect.seconds)
            place = house(session)
            talk.wakes[effect.name] = hours.next_decent(at, "notice", place.timezone, place.territory) if effect.decent else at
        elif isinstance(effect, effects.LetSleep):
            talk.wakes[effect.name] = None
        elif isinstance(effect, effects.Began):
            talk.began.append(effect.token)
        else:
            return effect
    return None


def _submit(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[Outcome]:
    wanted = [
        intake.Submission(job.of, job.effect, job.talk.known.network, job.talk.state.language, job.talk.known.pseudonym) for job in jobs
    ]
    done = intake.submit(session, wanted, now)
    return [_with_a_slip(session, job.effect, one, now) for job, one in zip(jobs, done, strict=True)]


def _with_a_slip(session: Session, effect: effects.Submit, outcome: Submitted | TooMany | PilotFull, now: datetime) -> Outcome:
    """What came by a lent phone is followed by number and code: nothing ties it to that phone."""
    if not effect.lent or not isinstance(outcome, Submitted):
        return outcome
    return msgspec.structs.replace(outcome, code=paper.lend(session, now, outcome.ref, effect.entry).code)


def _revise(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[Outcome]:
    results = [intake.revise(session, job.of, job.effect, now) for job in jobs]
    for job, outcome in zip(jobs, results, strict=True):
        if not job.effect.ref and outcome.ref:  # with a number it answers a moderator: nobody asked to correct
            rights.note(session, "correction", job.talk.known.network, now, "corrected" if isinstance(outcome, Revised) else "too_late")
    return results


def _discard(session: Session, jobs: Sequence[Job], _now: datetime) -> Sequence[None]:
    for job in jobs:
        discard(session, job.of, job.effect.sources)
    return [None] * len(jobs)


def _profile(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[None]:
    for job in jobs:
        intake.add_profile(session, job.of, job.effect, now)
    return [None] * len(jobs)


def _withdraw(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[Outcome]:
    results = [intake.withdraw(session, job.of, job.effect, now) for job in jobs]
    for job, outcome in zip(jobs, results, strict=True):
        if isinstance(outcome, Forgotten):
            rights.note(session, "erasure", job.talk.known.network, now, "erased_one")
    return results


def _forget(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[Outcome]:
    results: list[Outcome] = []
    for job in jobs:
        job.talk.where = job.talk.where or where(session, job.talk)  # the last word still has to find its way
        results.append(privacy.forget(session, now, job.of, job.effect.published))
        rights.note(session, "erasure", job.talk.known.network, now, "erased")
        job.talk.gone = True
        job.talk.wakes.clear()
    return results


def _give(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[None]:
    consents.give(
        session,
        [consents.Given(job.of, job.effect.purpose, job.effect.wording, job.talk.state.language, job.effect.source) for job in jobs],
        now,
    )
    for job in jobs:
        contacts.welcome_back(session, job.talk.known.network, job.talk.where or where(session, job.talk))
    return [None] * len(jobs)


def _end(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[None]:
    for job in jobs:
        if consents.withdraw(session, (job.of,), now, job.effect.purpose):
            rights.note(session, "withdrawal", job.talk.known.network, now, "ended")
    return [None] * len(jobs)


def _stop(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[Outcome]:
    for job in jobs:
        contacts.stop(session, job.of, now)
        if not job.talk.known.stopped:
            rights.note(session, "withdrawal", job.talk.known.network, now, "stopped")
    outbox.drop(session, [job.of for job in jobs], "stopped", now)
    return [outcomes.Stopped()] * len(jobs)


def _come_back(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[None]:
    for job in jobs:
        contacts.come_back(session, job.of, now)
    workshops.come_back(session, [job.of for job in jobs], now)
    return _give(session, [Job(job.talk, effects.GiveConsent("workshops", job.effect.wording, "REPRENDRE")) for job in jobs], now)


def _pause(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[Outcome]:
    zone = house(session).timezone
    return [outcomes.Paused(pauses.begin(session, job.of, job.effect.days, now).astimezone(zone).date()) for job in jobs]


def _go_on(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[None]:
    pauses.end(session, [job.of for job in jobs], now)
    return [None] * len(jobs)


def _language(session: Session, jobs: Sequence[Job], _now: datetime) -> Sequence[None]:
    session.connection().execute(
        sa.update(address).where(address.c.id == sa.bindparam("of")).values(language=sa.bindparam("spoken")),
        [{"of": job.of, "spoken": job.effect.language} for job in jobs],
    )
    return [None] * len(jobs)


def _appeal(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[Outcome]:
    return [appeals.open_(session, now, job.of, job.effect.ref) for job in jobs]


def _slips(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[Outcome]:
    """In the order of the sheets, so that two processes can't wait for each other; guesses count by address, beyond an OUBLI too."""
    found: dict[int, Outcome] = {}
    for job in sorted(jobs, key=lambda job: (job.effect.ref, job.of)):
        asker = f"{job.talk.known.network}:{job.talk.where or where(session, job.talk)}"
        found[job.of] = paper.use(session, now, asker, "citizen", job.effect.ref, job.effect.code, job.effect.wish)
    return [found[job.of] for job in jobs]


def _follow_paper(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[Outcome]:
    return [outcomes.PaperFollowed(paper.follow(session, now, job.of)) for job in jobs]


def _seats(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[Outcome]:
    return workshops.act(session, [workshops.Wish(job.of, job.effect) for job in jobs], now)


def _services(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[None]:
    for job in jobs:
        workshops.ask_services(session, job.of, job.effect, job.talk.state.language, now)
    return [None] * len(jobs)


def _ask(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[Outcome]:
    return [tickets.open_(session, job.of, job.effect, now) for job in jobs]


def _right(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[Outcome]:
    return [_use_right(session, job, now) for job in jobs]


def _use_right(session: Session, job: Job, now: datetime) -> Outcome:
    network, today = job.talk.known.network, now.astimezone(house(session).timezone).date()
    if job.effect.kind == "access":
        return RightUsed("access", today, again=not rights.took_copy(session, job.of, network, now))
    contacts.stop(session, job.of, now)
    outbox.drop(session, [job.of], "stopped", now)
    until = rights.objects(session, job.of, network, now)
    return RightUsed("objection", until.astimezone(house(session).timezone).date())


def _answer_campaign(session: Session, jobs: Sequence[Job], _now: datetime) -> Sequence[None]:
    campaigns.answered(session, [(job.effect.campaign, job.of, job.effect.answer) for job in jobs])
    return [None] * len(jobs)


def _pair(session: Session, jobs: Sequence[Job], now: datetime) -> Sequence[Outcome]:
    return [Paired(campaigns.pair(session, now, job.effect.code, job.of)) for job in jobs]


HANDLERS: dict[type, Handler] = {
    effects.SetLanguage: _language,
    effects.Submit: _submit,
    effects.Revise: _revise,
    effects.Discard: _discard,
    effects.AddProfile: _profile,
    effects.Withdraw: _withdraw,
    effects.Appeal: _appeal,
    effects.UseSlip: _slips,
    effects.FollowPaper: _follow_paper,
    effects.AskPerson: _ask,
    effects.LeaveSeat: _seats,
    effects.TakeSeat: _seats,
    effects.ChangeSeats: _seats,
    effects.SignUp: _seats,
    effects.AskServices: _services,
    effects.EndPause: _go_on,
    effects.ComeBack: _come_back,
    effects.GiveConsent: _give,
    effects.WithdrawConsent: _end,
    effects.Pause: _pause,
    effects.Stop: _stop,
    effects.AnswerCampaign: _answer_campaign,
    effects.PairPhone: _pair,
    effects.UseRight: _right,
    effects.Forget: _forget,
}
"""Who carries out what. WakeAfter, LetSleep and Began are noted in the talk and written for all at the end."""


def where(session: Session, talk: Talk) -> str:
    """The address itself, opened from its seal."""
    return house(session).keys.open("address", talk.known.address_id, talk.known.address).decode()
