"""Nets of users, which read pictures: checked before the search begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from bridge.images import ImageSet
from synth.engines.reader import MakeNet
from synth.sources import PluginError, find

__all__ = ["load_net", "name_of_net"]


def name_of_net(net: Any) -> str | None:
    """What a run folder calls it."""
    if net is None or isinstance(net, str):
        return net
    return getattr(net, "__qualname__", type(net).__qualname__)


def load_net(net: Any, sets: Sequence[ImageSet]) -> MakeNet:
    """What makes nets: a function of (key, shape, classes), or where one is found, as
    `module:attribute` or `file.py:attribute`; or a net, to begin with. It must be good for pictures
    of each of these sets. Raises PluginError."""
    import equinox as eqx
    import jax

    name = str(name_of_net(net))
    if not sets:
        raise PluginError(f"net {name}: it would read pictures, and $.images names none")
    if isinstance(net, str):
        net = find(net, "net", callable, _is_own)[0].value
    if isinstance(net, eqx.Module):
        given = net
        make: MakeNet = lambda key, shape, classes: given  # noqa: E731
    elif callable(net):
        make = cast("MakeNet", net)
    else:
        raise PluginError(f"net {name}: give an eqx.Module, or make(key, shape, classes)")
    for images in sets:
        classes = len(images.words)
        try:
            made: Any = make(jax.random.key(0), images.shape, classes)
            picture = jax.ShapeDtypeStruct(images.shape, "float32")
            shape = eqx.filter_eval_shape(made, picture).shape
        except Exception as error:
            raise PluginError(
                f"net {name}: fails for pictures {images.name!r} of shape {images.shape}: "
                f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"
            ) from error
        if shape != (classes,):
            raise PluginError(
                f"net {name}: gives {shape} for a picture {images.name!r}: give {classes} logits, "
                "one for each word that it may show"
            )
    return make


def _is_own(value: Any, module: Any) -> bool:
    return getattr(value, "__module__", None) == module.__name__
