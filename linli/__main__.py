"""`python -m linli` is `linli`."""

from linli.doors.cli import main

main()
