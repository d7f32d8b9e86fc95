"""How often one visitor may do what costs us, or could tell them something. Generous: many people share one address."""

from linli.base.throttle import Limit

HOUR, DAY = 3600, 24 * 3600

FILE = Limit("portal.file", times=30, seconds=HOUR)
PHOTO = Limit("portal.photo", times=150, seconds=HOUR)
FIND = Limit("portal.find", times=120, seconds=60)

# Wrong codes. A tracking code has 60 bits; these keep anybody from trying at all.
WRONG_BY_ADDRESS = Limit("portal.wrong.address", times=20, seconds=900)
WRONG_BY_NUMBER = Limit("portal.wrong.number", times=30, seconds=HOUR)
# While a number is under attack, every address still has a few tries of its own: nobody can lock the reporter out.
WRONG_BY_BOTH = Limit("portal.wrong.both", times=3, seconds=DAY)
WRONG_LINK = Limit("portal.wrong.link", times=20, seconds=900)
