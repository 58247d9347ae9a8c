"""What the states that a host keeps as bytes have in common."""

from __future__ import annotations

import ctypes
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar

from . import _native
from .errors import error

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Mode(IntEnum):
    """What a breaker, a ledger or a rate limit does with what its rules refuse."""

    ENFORCE = 0
    """It is refused."""
    MONITOR = 1
    """Nothing is refused, `would_refuse` says what the rules say. The state goes on as if enforced."""
    UNLIMITED = 2
    """There is no limit. Not for a breaker."""

    @property
    def word(self) -> str:
        """As the records write it: "enforce"."""
        return _native.mode_name(self)


class HostedState:
    """A state that goes to the host's store and back as bytes. Copies and pickles share nothing with it."""

    __slots__ = ("_state",)
    _struct: ClassVar[type[ctypes.Structure]]
    _encode: ClassVar[Any]
    _decode: ClassVar[Any]
    _encoded_len: ClassVar[int]
    _state: Any

    def encode(self) -> bytes:
        """The state as bytes that any machine reads, with a checksum."""
        buffer = ctypes.create_string_buffer(self._encoded_len)
        status = self._encode(self._state, ctypes.addressof(buffer), self._encoded_len)
        if status:
            raise error(status)
        return buffer.raw

    @classmethod
    def _decoded(cls, data: Buffer) -> Any:
        """The native state of what `encode` wrote."""
        # A copy: the length must be that of the bytes themselves, whatever a class says of itself.
        copied = memoryview(data).tobytes()
        state = cls._struct()
        status = cls._decode(copied, len(copied), state)
        if status:
            raise error(status)
        return state

    @property
    def revision(self) -> int:
        """One more at every change: store the state only where the stored revision is the one that was read."""
        revision: int = self._state.revision
        return revision
