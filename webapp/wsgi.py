"""The application for a WSGI server of one's own: ``webapp.wsgi:application``.

Needs a worker beside it (``bangfu worker``). ``bangfu serve`` does without this module.
"""

import os

from engine.store.patience import A_PERSON_WAITS
from webapp.app import create_app
from webapp.opening import open_installation
from webapp.settings import Settings
from webapp.shared.logs import log_as_json

log_as_json()
_installation = open_installation(Settings.from_environ(os.environ))
_installation.engine.wait_at_most(A_PERSON_WAITS)
application = create_app(_installation.settings, _installation.engine, _installation.registry)
