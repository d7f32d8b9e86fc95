"""The shape of input for pages; every form of an act calls its command and nothing else."""

from linli.matters.cases.forms.base import ActForm
from linli.matters.cases.forms.desk import (
    Callback,
    Dispatch,
    Join,
    Reclassify,
    Redirect,
    RefuseReturn,
    Remind,
    Rule,
    Settle,
)
from linli.matters.cases.forms.handling import (
    Accept,
    Answer,
    Contact,
    Dispute,
    Extend,
    Hand,
    Measure,
    Pause,
    Resume,
    Return,
    Supplement,
    Support,
    SupportDone,
    Visit,
)

_ALL: tuple[type[ActForm], ...] = (
    Accept,
    Answer,
    Callback,
    Contact,
    Dispatch,
    Dispute,
    Extend,
    Hand,
    Join,
    Measure,
    Pause,
    Reclassify,
    Redirect,
    RefuseReturn,
    Remind,
    Resume,
    Return,
    Rule,
    Settle,
    Supplement,
    Support,
    SupportDone,
    Visit,
)
ACT_FORMS: dict[str, type[ActForm]] = {form.act: form for form in _ALL}

__all__ = ["ACT_FORMS", "ActForm"]
