import gc
import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
application = get_wsgi_application()
# Saves a round trip of every request: the middleware that begins the transaction deals with a cut connection itself.
connections.settings["default"]["CONN_HEALTH_CHECKS"] = False
# What is loaded by now stays for good: the collector need not look through it again and again.
gc.collect()
gc.freeze()
