"""Memory of other objects, lent to the library as it is."""

from __future__ import annotations

import ctypes
import sys
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, Union

if TYPE_CHECKING:
    from typing_extensions import Buffer

    class NumpyArray(Protocol):
        """Whose stubs admit to a buffer only from Python 3.12 on."""

        @property
        def __array_interface__(self) -> dict[str, Any]: ...

    Column = Union[Buffer, NumpyArray]
    Series = Union[Sequence[float], Column]
    IntegerSeries = Union[Sequence[int], Column]

_NATIVE = "@=<" if sys.byteorder == "little" else "@=>"
_KINDS = {"d": "float64", "q": "int64", "Q": "uint64", "B": "uint8"}
_SIZES = {"d": 8, "Q": 8, "B": 1}
_SAME = {"l": "q", "L": "Q"}  # the other letters for 8 bytes


class _PyBuffer(ctypes.Structure):
    _fields_ = [
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    ]


_get_buffer = ctypes.pythonapi.PyObject_GetBuffer
_get_buffer.argtypes = [ctypes.py_object, ctypes.POINTER(_PyBuffer), ctypes.c_int]
_release_buffer = ctypes.pythonapi.PyBuffer_Release
_release_buffer.argtypes = [ctypes.POINTER(_PyBuffer)]
_release_buffer.restype = None


# Where no items are: to the library a NULL is a column that is not there.
_EMPTY = ctypes.c_uint64()
_NOTHING = ctypes.addressof(_EMPTY)
_addressof, _byte_in = ctypes.addressof, ctypes.c_ubyte.from_buffer


def address(view: memoryview) -> int:
    """Where a contiguous view's memory is, read-only memory too; it stays there while the view lives."""
    if view.nbytes and not view.readonly:
        return _addressof(_byte_in(view))
    buffer = _PyBuffer()
    _get_buffer(view, buffer, 0)
    found: int = buffer.buf or _NOTHING
    _release_buffer(buffer)
    return found


def _code(view: memoryview) -> str:
    code = view.format.lstrip(_NATIVE)
    if code in ("l", "L") and view.itemsize != 8:
        return view.format
    return _SAME.get(code, code)


def column(name: str, buffer: Column, code: str, rows: int | None = None, writable: bool = False) -> memoryview:
    """A view of a column, which must be as the library wants it: nothing is converted or copied."""
    try:
        view = memoryview(buffer)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{name} must have a buffer of {_KINDS[code]}, {type(buffer).__name__} has none") from None
    if view.format != code and _code(view) != code:
        raise TypeError(f"{name} must hold {_KINDS[code]}, not items of format {view.format!r}")
    if view.ndim != 1 or not view.c_contiguous:
        raise ValueError(f"{name} must have one dimension without gaps; copy a slice with steps first")
    if writable and view.readonly:
        raise ValueError(f"{name} must be writable")
    if rows is not None and len(view) != rows:
        raise ValueError(f"{name} must have {rows} rows, not {len(view)}")
    return view


def new_column(code: Literal["B", "d", "Q"], rows: int) -> memoryview[Any]:
    """A new column of zeros."""
    return memoryview(bytearray(rows * _SIZES[code])).cast(code)


def series(points: Series | IntegerSeries, code: str) -> tuple[array[Any] | memoryview[Any], int, int]:
    """The points of one series: a contiguous buffer of the right type as it is, anything else as a copy.

    Answers what keeps the memory where it is, its address, and the number of points.
    """
    # A class of its own could say another length than its buffer has.
    if type(points) is array and points.typecode == code:
        return memoryview(points), points.buffer_info()[0] or _NOTHING, len(points)
    if not isinstance(points, (list, tuple)):
        try:
            view = memoryview(points)  # type: ignore[arg-type]
        except TypeError:
            points = iter(points)  # type: ignore[arg-type,assignment]
        else:
            if view.ndim == 1 and view.c_contiguous and _code(view) == code:
                return view, address(view), len(view)
            points = iter(points)  # type: ignore[arg-type,assignment]
    copy = array(code, points)  # type: ignore[arg-type]
    return copy, copy.buffer_info()[0] or _NOTHING, len(copy)


def points(name: str, numbers: Series) -> tuple[array[Any] | memoryview[Any], int, int]:
    """`series` of doubles, with errors that name it."""
    try:
        return series(numbers, "d")
    except OverflowError:
        raise ValueError(f"every point of {name} must be finite") from None
    except TypeError:
        raise TypeError(f"{name} must be a sequence of numbers") from None
