"""What a telephone reads from a QR code, by ISO/IEC 18004 §7: byte mode, versions 2–6, level Q, undamaged."""

import re
from collections.abc import Callable, Sequence

Matrix = Sequence[Sequence[bool]]

# Data codewords of the blocks at level Q, by version.
_BLOCKS = {2: (22,), 3: (17, 17), 4: (24, 24), 5: (15, 15, 16, 16), 6: (19, 19, 19, 19)}
_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda y, x: (y + x) % 2 == 0, lambda y, x: y % 2 == 0, lambda y, x: x % 3 == 0, lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0, lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0, lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)  # fmt: skip
_FORMAT_MASK = 0b101010000010010
_LEVEL_Q = 0b11


def modules_in(svg: str) -> tuple[list[list[bool]], int]:
    """Return the dark modules of an SVG whose dark parts are strokes a unit high, and the width of the white edge."""
    (d,) = re.findall(r'<path[^>]*stroke="#000"[^>]* d="([^"]+)"|<path d="([^"]+)"[^>]*stroke="#000"', svg)
    (size,) = set(re.findall(r'viewBox="0 0 (\d+) \1"|<svg[^>]* width="(\d+)"', svg))
    whole = int(size[0] or size[1])
    dark = [[False] * whole for _ in range(whole)]
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", d[0] or d[1]):
        values = [float(one) for one in re.findall(r"-?[\d.]+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            for at in range(int(x), int(x + values[0])):
                dark[int(y)][at] = True
            x += values[0]
    edge = next(number for number, row in enumerate(dark) if any(row))
    return [row[edge : whole - edge] for row in dark[edge : whole - edge]], edge


def read(matrix: Matrix) -> str:
    """Return what the code says."""
    size = len(matrix)
    version = (size - 17) // 4
    told = 0
    for x in (0, 1, 2, 3, 4, 5, 7, 8):
        told = told << 1 | matrix[8][x]
    for y in (7, 5, 4, 3, 2, 1, 0):
        told = told << 1 | matrix[y][8]
    told ^= _FORMAT_MASK
    assert told >> 13 == _LEVEL_Q
    mask = _MASKS[told >> 10 & 0b111]
    bits = [matrix[y][x] != mask(y, x) for y, x in _way(size, version)]
    codewords = [sum(bit << 7 - n for n, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits) - 7, 8)]
    data = "".join(f"{one:08b}" for one in _in_order(codewords, _BLOCKS[version]))
    assert data[:4] == "0100"
    length = int(data[4:12], 2)
    return bytes(int(data[at : at + 8], 2) for at in range(12, 12 + 8 * length, 8)).decode()


def _way(size: int, version: int) -> list[tuple[int, int]]:
    """Return the places of data in reading order: up and down in pairs of columns from the right."""
    at = 4 * version + 10  # centre of the one alignment pattern of versions 2–6
    found = []
    columns = [*range(size - 1, 6, -2), *range(5, 0, -2)]
    for turn, right in enumerate(columns):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        found += [(y, x) for y in rows for x in (right, right - 1) if not _is_function(y, x, size, at)]
    return found


def _is_function(y: int, x: int, size: int, at: int) -> bool:
    in_corner = (y < 9 and (x < 9 or x >= size - 8)) or (y >= size - 8 and x < 9)
    return in_corner or y == 6 or x == 6 or (abs(y - at) <= 2 and abs(x - at) <= 2)


def _in_order(codewords: Sequence[int], lengths: Sequence[int]) -> list[int]:
    """Return the data codewords, which lie interleaved, block after block."""
    blocks: list[list[int]] = [[] for _ in lengths]
    source = iter(codewords)
    for turn in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if turn < length:
                block.append(next(source))
    return [one for block in blocks for one in block]
