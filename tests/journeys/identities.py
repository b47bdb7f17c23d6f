"""A bank's provider of identities: Django OAuth Toolkit, in a process of its own.

    python tests/journeys/identities.py FOLDER PORT CLIENT_SECRET SERVICE

People are li.na and mallory, both of one password. Tokens are signed by RS256.
"""

import sys
from importlib import import_module
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from joserfc.jwk import RSAKey

PAGE = """<form method="post">{% csrf_token %}{{ form }}
<input type="hidden" name="next" value="{{ next }}"><button>enter</button></form>"""


def configure(folder: Path) -> None:
    """Set up a site that knows people and vouches for them."""
    key = RSAKey.generate_key(2048, private=True).as_pem(private=True).decode()
    settings.configure(
        SECRET_KEY="only for this test",  # noqa: S106
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="identities_site",
        LOGIN_URL="/accounts/login/",
        USE_TZ=True,
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / "people.sqlite",
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [
                        (
                            "django.template.loaders.locmem.Loader",
                            {"registration/login.html": PAGE},
                        )
                    ]
                },
            }
        ],
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": key,
            "SCOPES": {"openid": "who one is", "profile": "the name"},
            "OAUTH2_VALIDATOR_CLASS": "identities_site.Claims",
            "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"],
        },
    )
    django.setup()


class Quiet(WSGIRequestHandler):
    """Says nothing on the terminal."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    _, folder, port, secret, service = sys.argv
    configure(Path(folder))
    import_module("identities_site").let_in(secret, f"{service}/sign-in/oidc/back")
    application = get_wsgi_application()
    with make_server(
        "127.0.0.1", int(port), application, handler_class=Quiet
    ) as server:
        server.serve_forever()
