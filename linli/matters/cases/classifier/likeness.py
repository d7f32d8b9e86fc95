"""How much two letters speak of the same thing, for the list of likely duplicates."""

from linli.base.text import normalise

# Pairs of characters that any letter may hold, whatever it is about: politeness, blame and asking. They say nothing
# about the matter.
_COMMON_PAIRS = """
您好 你好 领导 谢谢 感谢 希望 请尽 尽快 快处 处理 解决 部门 有关 关部 相关 物业
社区 小区 我们 们小 反映 投诉 问题 没人 人管 居民 业主 一直 已经 现在 到现 多次
好几 几次 电话 打了 了好 影响 严重 生活 麻烦 请问 这个 什么 怎么 可以 还是 就是
不知 知道 有人 没有 一个 个月 这样 这里 因为 所以 今天 昨天 最近 来电 市民 诉求
求人 核实 请核 实处 回复 答复 街道 城管 真的 大家 咱们 给个 个说 说法 管管 管一
一管
"""
_COMMON = frozenset(_COMMON_PAIRS.split())
_COMMON_WEIGHT = 0.15
# With fewer telling pairs than this in the shorter text, chance agreement weighs too much; the score shrinks towards
# it.
_ENOUGH = 6.0


def likeness(text_a: str, text_b: str) -> float:
    """0 (nothing in common) to 1 (the same words), the same either way round.

    The mean of two views over distinct character pairs, common phrases counting little: how much of both texts is
    shared (cosine), and how much of the shorter one stands in the longer (a brief call about what a long letter
    describes). A text without any pair is like nothing, not even itself.
    """
    pairs_a, pairs_b = _weigh(text_a), _weigh(text_b)
    whole_a, whole_b = sum(pairs_a.values()), sum(pairs_b.values())
    if not whole_a or not whole_b:
        return 0.0
    shorter, longer = (pairs_a, pairs_b) if len(pairs_a) <= len(pairs_b) else (pairs_b, pairs_a)
    shared = sum(weight for pair, weight in shorter.items() if pair in longer)
    cosine = shared / (whole_a * whole_b) ** 0.5
    least = min(whole_a, whole_b)
    within = shared / max(least, min(_ENOUGH, max(whole_a, whole_b)))
    return min(1.0, (cosine + within) / 2)


def _weigh(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for run in normalise(text[:2_000]).split():
        for pair in map(str.__add__, run, run[1:]):
            found[pair] = _COMMON_WEIGHT if pair in _COMMON else 1.0
    return found
