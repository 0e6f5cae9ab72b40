"""Every conversation that exists; the first is where strangers begin."""

from conversations.flows import (
    campaigns,
    contribute,
    follow,
    forget,
    human,
    language,
    minutes,
    mydata,
    needs,
    news,
    preferences,
    response,
    rights,
    seats,
    subscribe,
    unsolicited,
    welcome,
    workshops,
)
from conversations.talk import Flow

FLOWS: tuple[Flow, ...] = (
    welcome.flow,
    language.flow,
    contribute.flow,
    unsolicited.flow,
    subscribe.flow,
    workshops.flow,
    seats.flow,
    needs.flow,
    minutes.flow,
    follow.flow,
    preferences.flow,
    rights.flow,
    mydata.flow,
    forget.flow,
    human.flow,
    news.flow,
    campaigns.flow,
    response.flow,
)
