"""Disturb the initial weights of every network by a relative 1e-6. Runs in a notebook's kernel before its first cell.

Another processor rounds differently, and a training amplifies it; this stands in for that. SEED is set from outside.
"""

import inspect

import keras
from keras import ops

RELATIVE = 1e-6
undisturbed = keras.layers.Layer.add_weight
signature = inspect.signature(undisturbed)


def add_weight(layer, *args, **kwargs):
    asked = signature.bind(layer, *args, **kwargs)
    asked.apply_defaults()
    trainable, initializer = (asked.arguments[name] for name in ("trainable", "initializer"))
    if not trainable:
        return undisturbed(*asked.args, **asked.kwargs)
    initial = keras.initializers.get(initializer or "glorot_uniform")  # None means that to Keras

    def disturbed(shape, *args, **kwargs):
        values = initial(shape, *args, **kwargs)
        # Not random but a function of the value: weights that were equal stay so.
        return values * (1 + RELATIVE * ops.cast(ops.sin(1e5 * values + SEED), values.dtype))  # noqa: F821

    asked.arguments["initializer"] = disturbed
    return undisturbed(*asked.args, **asked.kwargs)


keras.layers.Layer.add_weight = add_weight
