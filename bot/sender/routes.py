"""Which provider carries a network."""

from collections.abc import Mapping

from bot.channels import Channel
from conversations.messages import NETWORKS, Network


class Routes:
    """The doors that this process can send through."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    @property
    def networks(self) -> list[Network]:
        """Those that some channel reaches; the simulator reaches all."""
        return [network for network in NETWORKS if any(network in _reach(channel) for channel in self._channels.values())]

    def channel(self, name: str, network: str) -> Channel:
        """The channel that a message came through, or, when the city closed that one, another of its network.

        Raises LookupError when nothing reaches the network.
        """
        others = [channel for channel in self._channels.values() if network in _reach(channel)]
        return next((channel for channel in others if channel.name == name), None) or _first(others, network)


def _first(channels: list[Channel], network: str) -> Channel:
    if not channels:
        raise LookupError(f"no channel reaches {network}")
    return channels[0]


def _reach(channel: Channel) -> tuple[str, ...]:
    found: tuple[str, ...] = getattr(channel, "networks", (channel.network,))
    return found
