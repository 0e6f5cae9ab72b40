"""The systemd unit of the service, with what hardening a Python service can bear."""

import getpass
import os
import sys
from collections.abc import Iterable
from pathlib import Path

USER = "allervers"
"""Who runs the service when root sets it up."""

_UNIT = """\
[Unit]
Description=Aller-vers{city}
After=network-online.target postgresql.service
Wants=network-online.target

[Service]
Type=exec
User={user}
WorkingDirectory={folder}
ExecStart={program} serve
Restart=always
RestartSec=2
TimeoutStopSec=30
UMask=0077

# it writes nowhere but in its own folder
ProtectSystem=strict
ReadWritePaths={writes}
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes

# it talks over the network and to a local database, and gains no rights
CapabilityBoundingSet=
NoNewPrivileges=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""


def unit(folder: Path, writes: Iterable[Path], city: str = "") -> str:
    """The unit's text: `folder` holds `.env`; `writes` are the only folders that the service changes."""
    program = Path(sys.executable).with_name("allervers")
    return _UNIT.format(
        city=f", {city}".replace("%", "%%") if city else "",
        user=getpass.getuser() if os.geteuid() else USER,
        folder=str(folder).replace("%", "%%"),  # this one takes its spaces as they are
        writes=" ".join(map(_escaped, writes)),
        program=_escaped(program),
    )


def _escaped(path: Path) -> str:
    """A path as a unit reads it: %% for %, and quotes where it holds spaces."""
    text = str(path).replace("%", "%%")
    return f'"{text}"' if " " in text else text
