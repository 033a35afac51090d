"""Pages of HTML in tests."""

from __future__ import annotations

from typing import TypeVar

Found = TypeVar("Found")


def there(found: Found | None) -> Found:
    """Return what a search in a page has found; the test fails if it has found nothing."""
    assert found is not None, "it is not in the page"
    return found
