"""What is connected to the picture's border: regions as runs of pixels in rows, so that they cost little memory."""

import numpy as np
from numpy.typing import NDArray

from imagepipe.frozen import frozen

Mask = NDArray[np.bool_]
Places = NDArray[np.int32]


@frozen
class Runs:
    """Stretches of pixels in rows: from `starts` up to, not including, `ends`, as y·(width+1)+x, ascending."""

    starts: Places
    ends: Places
    width: int

    def rows(self, top: int, bottom: int) -> Mask:
        """The mask of rows top ≤ y < bottom, h×W."""
        line = self.width + 1
        first, last = np.searchsorted(self.starts, (top * line, bottom * line))
        steps = np.zeros((bottom - top) * line, np.int8)
        steps[self.starts[first:last] - top * line] = 1
        steps[self.ends[first:last] - top * line] = -1
        return np.cumsum(steps, dtype=np.int8).view(np.bool_).reshape(-1, line)[:, : self.width]

    def chosen(self, keep: Mask) -> "Runs":
        """Those runs for which `keep` says so."""
        return Runs(self.starts[keep], self.ends[keep], self.width)


def runs_of(mask: Mask, top: int) -> Runs:
    """The runs of a mask whose first row is row `top` of the picture."""
    height, width = mask.shape
    padded = np.zeros((height, width + 1), np.int8)
    padded[:, :width] = mask
    steps = np.diff(padded.ravel(), prepend=np.int8(0))
    offset = top * (width + 1)
    starts, ends = np.flatnonzero(steps == 1) + offset, np.flatnonzero(steps == -1) + offset
    return Runs(starts.astype(np.int32), ends.astype(np.int32), width)


def joined(parts: list[Runs]) -> Runs:
    """Runs of stripes, from top to bottom, as one."""
    return Runs(
        np.concatenate([part.starts for part in parts]), np.concatenate([part.ends for part in parts]), parts[0].width
    )


def regions(runs: Runs) -> Places:
    """For each run the region it belongs to (4-connected), named by its first run.

    Minimum-label hooking with pointer jumping: Shiloach and Vishkin 1982, a few rounds whatever the shape.
    """
    upper, lower = _neighbours(runs)
    labels = np.arange(len(runs.starts), dtype=np.int32)
    while len(upper):
        one, other = labels[upper], labels[lower]
        differ = one != other
        if not differ.any():
            break
        upper, lower, one, other = upper[differ], lower[differ], one[differ], other[differ]
        np.minimum.at(labels, np.maximum(one, other), np.minimum(one, other))
        while True:
            further = labels[labels]
            if np.array_equal(further, labels):
                break
            labels = further
    return labels


def _neighbours(runs: Runs) -> tuple[Places, Places]:
    """Pairs of runs that touch, one above the other."""
    line = runs.width + 1
    first = np.searchsorted(runs.ends, runs.starts + line, side="right")
    last = np.searchsorted(runs.starts, runs.ends + line, side="left")
    count = np.maximum(last - first, 0)
    upper = np.repeat(np.arange(len(count), dtype=np.int32), count)
    within = np.arange(len(upper)) - np.repeat(np.cumsum(count) - count, count)
    return upper, (np.repeat(first, count) + within).astype(np.int32)


def outside(runs: Runs, height: int, least_hole: int) -> Runs:
    """The runs of regions that reach the border, and of holes of at least `least_hole` pixels (0: no holes)."""
    if not len(runs.starts):
        return runs
    labels = regions(runs)
    line = runs.width + 1
    row, left, right = runs.starts // line, runs.starts % line, runs.ends % line
    at_border = (row == 0) | (row == height - 1) | (left == 0) | (right == runs.width)
    keep = np.zeros(len(labels), np.bool_)
    keep[labels[at_border]] = True
    if least_hole:
        keep |= np.bincount(labels, weights=runs.ends - runs.starts, minlength=len(labels)) >= least_hole
    return runs.chosen(keep[labels])


def others(runs: Runs, chosen: Runs) -> Runs:
    """The runs that are not among the chosen ones."""
    return runs.chosen(~np.isin(runs.starts, chosen.starts))
