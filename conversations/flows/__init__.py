"""Every conversation that exists; the first is where strangers begin."""

from conversations.flows import (
    contribute,
    follow,
    forget,
    human,
    language,
    mydata,
    news,
    preferences,
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
    follow.flow,
    preferences.flow,
    mydata.flow,
    forget.flow,
    human.flow,
    news.flow,
)
