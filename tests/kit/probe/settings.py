from bookbridge.kit.databases import django_database
from bookbridge.kit.env import Env

env = Env()
SECRET_KEY = "probe"
PUBLIC_URL = "http://127.0.0.1:8000"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["procrastinate.contrib.django", "bookbridge.kit", "tests.kit.probe"]
ROOT_URLCONF = "tests.kit.probe.urls"
DATABASES = {"default": django_database(env.text("PROBE_DATABASE_URL"), "PROBE_DATABASE_URL")}
USE_TZ = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"terminal": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["terminal"], "level": "INFO"},
}
