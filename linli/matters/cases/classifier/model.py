"""A trained model as plain arrays: how it is stored, read and asked. Needs numpy only; nothing stored can run code.

A model is two files: ``model.npz`` (arrays) and ``model.json`` (what it is and how it came about, with the hash of the
arrays). Weights are kept as one signed byte each with a scale per category: a quarter of the size at no loss that the
evaluation can see.
"""

import hashlib
import io
import json
import math
import os
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.matters.cases.classifier.grams import grams

ARRAYS, DESCRIPTION = "model.npz", "model.json"
FORMAT = 1
# A model larger than this is not ours, whatever its description says.
LARGEST_BYTES = 64 * 1024 * 1024
REASONS = 4
# Added to the squared length of every text before it is brought to length one. A letter of ordinary length (some
# thousands) does not feel it; a text with two or three known n-grams stays short, and so less sure of itself.
DOUBT = 150.0
_LONG_AGO = (1980, 1, 1, 0, 0, 0)

Floats = NDArray[np.float32]


class BrokenModel(Exception):
    """A model that cannot be used: missing, cut short, altered or of another format."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the model saw in one text: which known n-grams, how heavy, and the probability of each category."""

    known: NDArray[np.int64]
    weights: Floats
    probabilities: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """`weights` is (n-grams x labels) in bytes; the real weight is weights * scales[label]."""

    labels: tuple[str, ...]
    vocabulary: tuple[str, ...]
    idf: Floats
    weights: NDArray[np.int8]
    scales: Floats
    bias: Floats
    temperature: float
    description: dict[str, Any]
    places: dict[str, int] = field(repr=False)

    def look(self, text: str) -> Sight | None:
        """Weigh a text; None when it holds no n-gram that the model knows (empty, emoji alone, another script)."""
        places = self.places
        counts = Counter(places[gram] for gram in grams(text) if gram in places)
        if not counts:
            return None
        known = np.fromiter(counts.keys(), np.int64, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[known]
        values /= np.float32(math.sqrt(float(values @ values) + DOUBT))
        scores = (values @ self.weights[known].astype(np.float32)) * self.scales + self.bias
        scores *= self.temperature
        scores = np.exp(scores - scores.max())
        return Sight(known, values, scores / scores.sum())

    def ranked(self, text: str, count: int) -> list[tuple[str, float]]:
        """The likeliest labels of a text with their probabilities, best first; empty when nothing is known."""
        sight = self.look(text)
        if sight is None:
            return []
        best = sight.probabilities.argsort()[::-1][:count]
        return [(self.labels[number], float(sight.probabilities[number])) for number in best]

    def because(self, sight: Sight, label: int) -> tuple[str, ...]:
        """The n-grams of a text that spoke most for a label, at least two characters long, none inside another."""
        gain = sight.weights * self.weights[sight.known, label]
        chosen: list[str] = []
        for position in gain.argsort()[::-1]:
            if gain[position] <= 0 or len(chosen) == REASONS:
                break
            gram = self.vocabulary[sight.known[position]]
            if len(gram) > 1 and not any(gram in other or other in gram for other in chosen):
                chosen.append(gram)
        return tuple(chosen)


def quantise(weights: NDArray[np.float64]) -> tuple[NDArray[np.int8], Floats]:
    """(n-grams x labels) weights as bytes and the scale of each label."""
    scales = np.abs(weights).max(axis=0) / 127
    scales[scales == 0] = 1
    return np.rint(weights / scales).astype(np.int8), scales.astype(np.float32)


def pack(model: Model) -> bytes:
    """The arrays as the bytes of an .npz; the same model always gives the same bytes."""
    arrays = {
        "vocabulary": np.frombuffer("\n".join(model.vocabulary).encode(), np.uint8),
        "idf": model.idf,
        "weights": model.weights,
        "scales": model.scales,
        "bias": model.bias,
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", _LONG_AGO)
            archive.writestr(entry, content.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return stream.getvalue()


def write(model: Model, folder: Path) -> None:
    """Store a model. The description is replaced last: a reader sees the old model or the new one, or refuses a
    mixture.
    """
    folder.mkdir(parents=True, exist_ok=True)
    packed = pack(model)
    described = model.description | {
        "format": FORMAT,
        "labels": list(model.labels),
        "temperature": model.temperature,
        "arrays_sha256": hashlib.sha256(packed).hexdigest(),
    }
    for name, content in (
        (ARRAYS, packed),
        (DESCRIPTION, (json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode()),
    ):
        waiting = folder / f".{name}.{os.getpid()}"
        waiting.write_bytes(content)
        waiting.replace(folder / name)


def read(folder: Path) -> Model:
    """Load a model. Raises BrokenModel with the reason when it cannot be used."""
    try:
        described = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        packed = _bounded(folder / ARRAYS)
        _recognise(described, packed)
        with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in ("vocabulary", "idf", "weights", "scales", "bias")}
        return _model(described, arrays)
    except BrokenModel:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, EOFError) as error:
        raise BrokenModel(f"{type(error).__name__}: {error}") from error


def _recognise(described: dict[str, Any], packed: bytes) -> None:
    if described["format"] != FORMAT:
        raise BrokenModel(f"format {described['format']!r} is not {FORMAT}")
    if hashlib.sha256(packed).hexdigest() != described["arrays_sha256"]:
        raise BrokenModel("the arrays are not those that the description names")


def _bounded(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_BYTES:
        raise BrokenModel(f"larger than {LARGEST_BYTES} bytes")
    packed = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST_BYTES:
            raise BrokenModel(f"unpacks to more than {LARGEST_BYTES} bytes")
    return packed


def _model(described: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Model:
    vocabulary = tuple(arrays["vocabulary"].tobytes().decode().split("\n"))
    labels = tuple(str(label) for label in described["labels"])
    shape = (len(vocabulary), len(labels))
    if arrays["weights"].shape != shape or arrays["idf"].shape != shape[:1] or len(set(labels)) != len(labels):
        raise BrokenModel("the arrays do not fit together")
    if arrays["scales"].shape != shape[1:] or arrays["bias"].shape != shape[1:] or arrays["weights"].dtype != np.int8:
        raise BrokenModel("the arrays do not fit together")
    floats = {name: arrays[name].astype(np.float32) for name in ("idf", "scales", "bias")}
    temperature = float(described["temperature"])
    if not all(np.isfinite(array).all() for array in floats.values()) or not 0 < temperature < 1e6:
        raise BrokenModel("a number is missing or out of bounds")
    return Model(
        labels,
        vocabulary,
        floats["idf"],
        arrays["weights"],
        floats["scales"],
        floats["bias"],
        temperature,
        described,
        {gram: number for number, gram in enumerate(vocabulary)},
    )
