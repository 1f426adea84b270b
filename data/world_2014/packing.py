"""Pack integer arrays into few bytes that unpack fast with numpy and zlib alone.

Every value is mapped to a non-negative integer (0, -1, 1, -2, ... become 0, 1, 2, 3, ...) and split into bytes; the
first bytes of all values are compressed together, then the second, and so on. High bytes are nearly all zero and cost
nothing.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

MAGIC = b"IDWT1"


def pack(z: np.ndarray, y: np.ndarray) -> bytes:
    """Pack two integer arrays (deliveries to industries, final use) of any shape; the inverse is `unpack`."""
    return MAGIC + b"".join(_pack_one(np.ascontiguousarray(a, dtype=np.int64)) for a in (z, y))


def unpack(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Return the two int64 arrays given to `pack`; raise ValueError when the bytes are something else."""
    if data[: len(MAGIC)] != MAGIC:
        raise ValueError(f"Not a packed world table: it starts with {data[: len(MAGIC)]!r}, not {MAGIC!r}.")
    z, at = _unpack_one(data, len(MAGIC))
    y, at = _unpack_one(data, at)
    if at != len(data):
        raise ValueError(f"A packed world table of {at} bytes is followed by {len(data) - at} bytes too many.")
    return z, y


def _pack_one(values: np.ndarray) -> bytes:
    folded = ((values << 1) ^ (values >> 63)).astype("<u8", copy=False).view("<u8")
    used = (int(folded.max(initial=0)).bit_length() + 7) // 8
    octets = np.frombuffer(folded.tobytes(), np.uint8).reshape(-1, 8)
    planes = [zlib.compress(octets[:, k].tobytes(), 9) for k in range(used)]
    head = struct.pack(f"<B{values.ndim}QB{used}Q", values.ndim, *values.shape, used, *map(len, planes))
    return head + b"".join(planes)


def _unpack_one(data: bytes, at: int) -> tuple[np.ndarray, int]:
    ndim = data[at]
    shape = struct.unpack_from(f"<{ndim}Q", data, at + 1)
    at += 1 + 8 * ndim
    used = data[at]
    lengths = struct.unpack_from(f"<{used}Q", data, at + 1)
    at += 1 + 8 * used
    size = int(np.prod(shape, dtype=np.int64))
    width = 4 if used <= 4 else 8  # half the memory to walk through where 32 bits are enough
    octets = np.zeros((size, width), np.uint8)
    for k, length in enumerate(lengths):
        octets[:, k] = np.frombuffer(zlib.decompress(data[at : at + length]), np.uint8)
        at += length
    folded = octets.view(f"<u{width}").reshape(shape)
    values = (folded >> 1).view(f"<i{width}") ^ -(folded & 1).view(f"<i{width}")
    return values.astype(np.int64), at
