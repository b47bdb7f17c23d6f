"""Who is known at the provider of identities of the journeys, and what it says of them.

Imported once Django is configured, as `identities` does.
"""

from typing import Final

from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import include, path
from oauth2_provider.models import Application
from oauth2_provider.oauth2_validators import OAuth2Validator

PASSWORD: Final = "a word of the staff register"  # noqa: S105 - a test's
PEOPLE: Final = ("li.na", "mallory")

urlpatterns = [
    path("accounts/", include("django.contrib.auth.urls")),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]


class Claims(OAuth2Validator):  # type: ignore[misc]
    """Says what people are called in the staff register."""

    oidc_claim_scope = None

    def get_additional_claims(self, request: object) -> dict[str, str]:
        """Return the name under which they sign in there."""
        return {"preferred_username": request.user.username}  # type: ignore[attr-defined]


def let_in(secret: str, back: str) -> None:
    """Put people and the service on record."""
    call_command("migrate", verbosity=0)
    for name in PEOPLE:
        User.objects.create_user(name, password=PASSWORD)
    Application.objects.create(
        client_id="xiaowei",
        client_secret=secret,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=back,
        algorithm=Application.RS256_ALGORITHM,
        skip_authorization=True,
    )
