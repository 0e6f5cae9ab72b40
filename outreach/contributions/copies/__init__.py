"""Who says the same: exact and near copies, found on keyed marks, so that one text may speak for many and each author is told (MOD-71)."""

from outreach.contributions.copies.likeness import alike, groups, marks, normal

__all__ = ["alike", "groups", "marks", "normal"]
