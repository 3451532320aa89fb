"""The calls of a connection as coroutines: ``await eryph.aio.catlets.create(...)``."""

from .calls import Aio

__all__ = ["Aio"]
