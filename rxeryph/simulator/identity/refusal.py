"""Why a client gets no token."""

from __future__ import annotations

_PAGES = "https://documentation.openiddict.com/errors/"


class Refusal(Exception):
    """An OAuth error with a description, and where there is one, the id of the page that explains it."""

    def __init__(self, error: str, description: str, page: str | None = None) -> None:
        super().__init__(description)
        self.status = 401 if error == "invalid_client" else 400
        self.document = {"error": error, "error_description": description}
        if page is not None:
            self.document["error_uri"] = _PAGES + page

    @property
    def challenge(self) -> str:
        """The WWW-Authenticate header that goes with it."""
        return "Basic " + ", ".join(f'{name}="{value}"' for name, value in self.document.items())
