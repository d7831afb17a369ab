"""The door of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "measurement.settings")

application = get_wsgi_application()

from measurement import roles  # noqa: E402  (needs the settings to be read)

roles.refuse_owner()
