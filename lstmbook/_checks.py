"""Checks of arguments that several modules share."""

import numbers


def check_sizes(smallest=1, **sizes):
    """Refuse a size, given by name, that is not a whole number of at least `smallest`."""
    for name, value in sizes.items():
        if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < smallest:
            raise ValueError(f"{name} must be a whole number of at least {smallest}; got {value!r}.")


def check_choice(name, value, choices):
    """Refuse a value that is not one of the `choices`."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}; got {value!r}.")
