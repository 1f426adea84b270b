"""The main job: composes measure, run, respond, agree, coalitions, status and the briefing of a partnership."""

from interdep.assessment.briefs import brief
from interdep.assessment.composing import DRAWS, assess
from interdep.assessment.made import Assessment

__all__ = ["DRAWS", "Assessment", "assess", "brief"]
