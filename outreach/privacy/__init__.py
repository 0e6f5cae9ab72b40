"""What must not be kept: the purge by each table's own retention, and OUBLI; what is owed: a copy of everything."""

from outreach.privacy.erasure import forget, forget_address
from outreach.privacy.retention import Report, purge

__all__ = ["Report", "forget", "forget_address", "purge"]
