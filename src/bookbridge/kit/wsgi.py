"""The WSGI application of whichever half DJANGO_SETTINGS_MODULE names, in a web worker process."""

import multiprocessing
import signal

from django.core.wsgi import get_wsgi_application

from bookbridge.kit.processes.parent import end_with_parent

_master = multiprocessing.parent_process()
# A web worker that outlived its killed master would keep the port: it ends at once.
end_with_parent(_master.pid if _master else None, signal.SIGKILL)
application = get_wsgi_application()
