"""How passwords are hashed: Argon2id with the parameters that OWASP recommends (19 MiB, two passes, one lane).

Django's own defaults take 100 MiB and eight lanes for each try, so a handful of strangers could fill a small server.
A change here renews each stored hash at the next sign-in.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Hasher(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19456
    parallelism = 1
