"""`linli cases.train`: teach the category suggestions from labelled letters."""

from pathlib import Path

import click


@click.command("cases.train")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--text", default="", help="来信内容所在列的列名；默认认识 text、内容、诉求内容等")
@click.option("--category", default="", help="分类所在列的列名；默认认识 category、分类、类别等")
@click.option("--alone", is_flag=True, help="只用这个文件，不加虚构来信")
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), help="模型存放的文件夹；默认为本机正在使用的位置"
)
@click.option("--shipped", is_flag=True, help="用虚构来信重新训练随软件发布的模型")
def command(file: Path | None, text: str, category: str, alone: bool, into: Path | None, shipped: bool) -> None:
    """用已经分好类的来信（CSV 或 Excel，第一行是列名）训练分类建议。

    FILE 的分类列可以写代码（property.elevator）、名称（电梯）或"物业服务/电梯"。
    模型里只有一至三个字的片段和权重，没有来信原文。
    """
    if bool(file) == shipped:
        raise click.UsageError("请给出一个文件，或者只写 --shipped。")
    try:
        import sklearn  # noqa: F401
    except ImportError:
        raise click.ClickException("训练需要 scikit-learn:请先安装 requirements/train.txt 里的软件包。") from None

    from linli.base.clockwork import now
    from linli.matters.cases import classifier
    from linli.matters.cases.classifier.train import told, train_office, train_shipped
    from linli.matters.cases.classifier.training import CannotTrain

    if file is None:
        threshold = _shipped_threshold()
        place = into or classifier.SHIPPED
        trained = train_shipped(place, now=now(), threshold=threshold, say=click.echo)
    else:
        names, threshold = _policy()
        place = into or classifier.folder()
        try:
            trained, found = train_office(
                file,
                place,
                names,
                now=now(),
                threshold=threshold,
                alone=alone,
                text=text,
                category=category,
                say=click.echo,
            )
        except CannotTrain as error:
            raise click.ClickException(str(error)) from error
        for reason, count in sorted(found.skipped.items(), key=lambda pair: -pair[1]):
            click.echo(f"跳过 {count} 行：{reason}")
        for code, count in trained.dropped.items():
            click.echo(f"分类 {code} 只有 {count} 件，没有学")
    for line in told(trained.measured):
        click.echo(line)
    click.echo(f"模型存于 {place}")


def _policy() -> tuple[dict[str, str], float]:
    """The categories in force and the threshold, from this instance's database."""
    from linli.base.ground import ground

    with ground():
        from linli.base import policies
        from linli.matters.cases.categories import names

        return names(policies.load("categories").data), float(policies.load("suggestion").data["threshold"])


def _shipped_threshold() -> float:
    """The threshold of the shipped policy: the shipped model is made without a database."""
    import tomllib

    import linli

    path = Path(linli.__file__).parent / "policies" / "suggestion.toml"
    return float(tomllib.loads(path.read_text(encoding="utf-8"))["threshold"])
