"""The fixtures of this folder."""

from tests.review.pages import chromium, shop, visit

__all__ = ["chromium", "shop", "visit"]
