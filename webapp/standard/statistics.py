"""What is made public of grievances every year, and who may."""

from engine.work.publishing import Subject
from webapp.standard.grievances import grievances

SUBJECTS = tuple(Subject(key, row["kind"]) for key, row in grievances())
"""The processes, each with the question whose answers are its kinds."""

PUBLISHERS = frozenset({"city_leader"})
DRAFTERS = PUBLISHERS | {"city_protection"}
"""Who sees what would be published; it says no more than what is."""
