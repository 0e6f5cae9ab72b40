"""Who says the same: exact and near copies, found on keyed marks, so that one text may speak for many and each author is told (MOD-71)."""

from outreach.contributions.copies.bursts import Burst, bursts
from outreach.contributions.copies.grouping import SAMPLES, Copies, beside, forget, join, marks_of
from outreach.contributions.copies.likeness import alike, groups, marks, normal

__all__ = ["SAMPLES", "Burst", "Copies", "alike", "beside", "bursts", "forget", "groups", "join", "marks", "marks_of", "normal"]
