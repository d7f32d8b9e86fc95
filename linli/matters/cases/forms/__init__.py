"""The shape of input for pages; every form of an act calls its command and nothing else."""

from linli.matters.cases.forms.base import ActForm
from linli.matters.cases.forms.deliberating import Convene, Invite, Rule, Speak
from linli.matters.cases.forms.desk import (
    Callback,
    Dispatch,
    Join,
    Reclassify,
    Redirect,
    RefuseReturn,
    Remind,
    Settle,
)
from linli.matters.cases.forms.handling import (
    Accept,
    Answer,
    AskExtension,
    Contact,
    Dispute,
    Extend,
    Hand,
    Measure,
    Pause,
    Resume,
    Return,
    Share,
    Supplement,
    Support,
    SupportDone,
    Visit,
)
from linli.matters.cases.forms.looking_back import ClearDifficult, Instruct, LookBack, MarkDifficult
from linli.matters.cases.forms.standing import (
    AskExemption,
    Decline,
    GrantExemption,
    HangUp,
    Lift,
    RefuseExemption,
    ReviewHangUp,
    Supervise,
)

_ALL: tuple[type[ActForm], ...] = (
    Accept,
    Answer,
    AskExemption,
    AskExtension,
    Callback,
    ClearDifficult,
    Contact,
    Convene,
    Decline,
    Dispatch,
    Dispute,
    Extend,
    Hand,
    Instruct,
    Join,
    LookBack,
    MarkDifficult,
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
    GrantExemption,
    HangUp,
    Invite,
    Lift,
    RefuseExemption,
    ReviewHangUp,
    Share,
    Speak,
    Supervise,
)
ACT_FORMS: dict[str, type[ActForm]] = {form.act: form for form in _ALL}

__all__ = ["ACT_FORMS", "ActForm"]
