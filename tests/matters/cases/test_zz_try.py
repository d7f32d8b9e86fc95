from pathlib import Path
import pytest
from linli.matters.cases import commands
from linli.base.scope import enter
from linli.base.actor import system
from linli.procedures.models import Proceeding
from tests.cast import POINT_HERE

def test_try(cast):
    ids=[]
    for n in range(3):
        ids.append(commands.file(cast.nobody, text=f"楼道里的灯坏了{n}天,电话13812345678", longitude=POINT_HERE[0], latitude=POINT_HERE[1], phone="13800138000", name="张三丰"))
    a=ids[0]
    c=cast.client("dispatcher")
    r=c.get("/cases/"); print(r.status_code); Path("/tmp/w.html").write_bytes(r.content)
    r=c.get("/cases/"+a["number"]+"/"); print(r.status_code); Path("/tmp/d.html").write_bytes(r.content)
    r=c.get("/procedures/case/"); print(r.status_code); Path("/tmp/p.html").write_bytes(r.content)
    r=c.get("/procedures/of/"+a["number"]+"/why/"); print(r.status_code)
    r=c.get("/procedures/of/"+a["number"]+"/record/"); print(r.status_code)
