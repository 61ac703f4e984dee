"""YAML as imagepipe reads it: plain values from libyaml's events, and places only when something must be reported. Knows
nothing of manifests."""

from imagepipe.yamltext.placing import Places, path_text, places
from imagepipe.yamltext.reading import Document, parse, read
from imagepipe.yamltext.scalars import Number, text_of

__all__ = ["Document", "Number", "Places", "parse", "path_text", "places", "read", "text_of"]
