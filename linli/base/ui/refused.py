"""What a command refuses, shown beside the field that it is about."""

from typing import Any

from linli.base.commands import Refused


class beside:  # noqa: N801  reads as a word: with beside(form): …
    """Run the command of a form: `with beside(form): …; return redirect(…)`. Refused, it goes on behind the block.

    Above the form stands what is about none of its fields.
    """

    def __init__(self, form: Any) -> None:
        self.form = form

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Refused):
            return False
        self.form.add_error(error.field if error.field in self.form.fields else None, error.message)
        return True
