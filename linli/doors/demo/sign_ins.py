"""The demo people who can sign in. Imports nothing: the command line shows them without setting up Django."""

PASSWORD = "linli-demo-2026"  # noqa: S105  shown on the sign-in page of the demo, worth nothing elsewhere

# login -> (name, role, title, which organisation): the people whose eyes a newcomer can borrow, all of the focus sub-district.
SIGN_INS = {
    "huawu": ("何听雨", "call_taker", "话务员", "desk"),
    "paidan": ("方致远", "dispatcher", "派单员", "desk"),
    "shuji": ("苏明月", "community_secretary", "社区书记", "community"),
    "shegong": ("林知夏", "community_worker", "社区工作者", "community"),
    "wangge": ("石磊", "grid_worker", "网格员", "grid"),
    "chengguan": ("罗建安", "department_clerk", "城市管理科经办", "urban_management"),
    "wuye": ("田守业", "property_manager", "物业项目经理", "property"),
    "lingdao": ("程立言", "leader", "街道办事处主任", "office"),
    "zuwei": ("江守正", "party_clerk", "组织委员", "committee"),
    "shenji": ("严慎行", "auditor", "审计员", "office"),
    "zhengce": ("章有据", "policy_editor", "政策管理员", "office"),
    "guanli": ("白管家", "system_administrator", "系统管理员", "office"),
}
