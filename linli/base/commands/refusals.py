class Refused(Exception):
    """A command said no. `message` is in the user's words; `field` names the input beside which it is shown.

    rule: the rule that refused (a policy clause, a law), for the error sheet and the API's problem+json.
    status: HTTP status the doors answer with: 403 not allowed, 404 unknown, 409 stale or used twice, 422 wrong input.
    """

    def __init__(self, message: str, *, field: str | None = None, rule: str = "", status: int = 422):
        super().__init__(message)
        self.message = message
        self.field = field
        self.rule = rule
        self.status = status
