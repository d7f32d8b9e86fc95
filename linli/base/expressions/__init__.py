"""The safe expression language of policies: conditions of routing, formulas of scores and indicators.

    rule = compile("category in ['噪音', '施工'] and hour(received_at) >= 22", names={"category", "received_at"})
    evaluate(rule, {"category": "噪音", "received_at": moment})     # -> True
    trace(rule, {...}).steps                                        # which sub-conditions were true, with what values

What there is: text, numbers, True/False, lists; the given names; and/or/not, ``a if condition else b``; == != < <= > >=
(also chained), in, not in; + - * / // %; the functions in ``FUNCTIONS`` and ``has(name)``, ``default(name, value)``.
What there is not: attributes, subscripts, loops, powers, text arithmetic, or any way to call something else.

Numbers are exact: ``0.9`` is nine tenths and ``1/3*3 == 1``; ``round`` rounds half away from zero, as people do.
A name without a value (absent or None) is an error wherever it is read, unless asked about with ``has``.
A condition is True or False; a number or a text is never taken for one. Weekdays are 1 (Monday) to 7.
"""

from linli.base.expressions.evaluator import Step, Traced, evaluate, trace
from linli.base.expressions.functions import FUNCTIONS, ExpressionError
from linli.base.expressions.grammar import Expression, compile

__all__ = ["FUNCTIONS", "Expression", "ExpressionError", "Step", "Traced", "compile", "evaluate", "trace"]
