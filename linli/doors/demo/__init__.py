"""The demo district: real regions, invented people and cases. Everything is a function of the day it is loaded on.

`places.py` regions, compounds, buildings; `people.py` organisations, accounts, posts; `lives.py` what happens to a case;
`load.py` puts them in, through the commands. The only place where accounts with known passwords are made.
"""
