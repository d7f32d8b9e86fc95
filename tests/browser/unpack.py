"""Make a browser and Chinese glyphs out of the npm packages beside this file: `python unpack.py NODE`.

`unpacked/` then holds chromium with the libraries it needs (when that package came along), and the glyphs as fonts
that fontconfig accepts: Chromium draws nothing from the compressed web fonts of the package.
"""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
PACKED = HERE / "node_modules" / "@sparticuz" / "chromium" / "bin"
GLYPHS = HERE / "node_modules" / "@fontsource-variable" / "noto-sans-sc" / "files"
UNPACKED = HERE / "unpacked"
INFLATE = (
    "const { brotliDecompressSync } = require('zlib'), { readFileSync, writeFileSync } = require('fs');"
    "const [, from, to] = process.argv; writeFileSync(to, brotliDecompressSync(readFileSync(from)))"
)


def main(node: str) -> None:
    shutil.rmtree(UNPACKED, ignore_errors=True)
    fonts = UNPACKED / "fonts"
    fonts.mkdir(parents=True)
    for file in sorted(PACKED.glob("*.br")):
        plain = UNPACKED / file.stem
        subprocess.run([node, "-e", INFLATE, "--", str(file), str(plain)], check=True)
        if plain.suffix == ".tar":
            with tarfile.open(plain) as archive:
                archive.extractall(UNPACKED, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
            plain.unlink()
        else:
            plain.chmod(0o755)
    for file in sorted(GLYPHS.glob("*-wght-normal.woff2")):
        font = TTFont(file)
        font.flavor = None
        font.save(fonts / f"{file.stem}.ttf")


if __name__ == "__main__":
    main(sys.argv[1])
