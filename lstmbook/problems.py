"""Test problems from the literature, made fresh from a random generator whenever they are asked for.

Every problem raises ValueError if `rng` is no ``numpy.random.Generator`` or a size, such as `n` or `n_steps`, is not a
whole number of at least 1.
"""

import numbers

import numpy as np

from lstmbook._checks import check_choice, check_generator, check_sizes, is_number


def echo(rng, n, *, n_steps=5, n_values=10, position=1):
    """Sequences of random integers, and the integer that stood at one position.

    The network reads the whole sequence, must keep one value in memory and say it at the end.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    n : int
        Number of sequences.
    n_steps : int
        Integers in a sequence.
    n_values : int
        The integers run from 0 to ``n_values - 1``, each equally likely.
    position : int
        Which integer to remember, counted from 0. It has to be kept for ``n_steps - 1 - position`` further steps.

    Returns
    -------
    X : array of float32, shape (n, n_steps, n_values)
        The integers, one-hot encoded.
    y : array of int, shape (n,)
        The integer at `position`.

    Raises
    ------
    ValueError
        If `position` lies outside the sequence.

    Notes
    -----
    After the echo problem in Jason Brownlee, *Long Short-Term Memory Networks With Python* (2017), chapter 6.

    Examples
    --------
    >>> X, y = echo(np.random.default_rng(0), 100, n_steps=5, position=1)
    >>> X.shape, y.shape
    ((100, 5, 10), (100,))
    >>> bool((X[:, 1].argmax(axis=-1) == y).all())
    True
    """
    check_generator(rng)
    n, n_steps, n_values = check_sizes(n=n, n_steps=n_steps, n_values=n_values)
    is_position = isinstance(position, numbers.Integral) and not isinstance(position, bool)
    if not is_position or not 0 <= position < n_steps:
        raise ValueError(f"position must be a whole number from 0 to n_steps - 1 = {n_steps - 1}; got {position!r}.")
    integers = rng.integers(n_values, size=(n, n_steps))
    return np.eye(n_values, dtype="float32")[integers], integers[:, position]


def sample_and_hold(rng, n, *, n_steps=20):
    """Random numbers, now and then with the signal "write"; at the signal "read" the number written last is asked for.

    The network has to write, keep, overwrite and read a memory of one number.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    n : int
        Number of sequences.
    n_steps : int
        Steps in a sequence.

    Returns
    -------
    X : array of float32, shape (n, n_steps, 3)
        A number, uniform in [-1, 1); the signal "write", 0 or 1; the signal "read", 0 or 1. Each signal comes at a
        fifth of the steps, independently.
    y : array of float32, shape (n, n_steps, 1)
        Where "read" is 1, the number at the last step (this one included) at which "write" was 1, or 0 if there was
        none; elsewhere 0.

    Notes
    -----
    Named after the circuit that samples a voltage and holds it.

    Examples
    --------
    >>> X, y = sample_and_hold(np.random.default_rng(0), 100)
    >>> X.shape, y.shape
    ((100, 20, 3), (100, 20, 1))
    """
    check_generator(rng)
    n, n_steps = check_sizes(n=n, n_steps=n_steps)
    values = rng.uniform(-1, 1, (n, n_steps))
    write, read = rng.random((2, n, n_steps)) < 0.2
    last_write = np.maximum.accumulate(np.where(write, np.arange(n_steps), -1), axis=1)
    held = np.where(last_write >= 0, np.take_along_axis(values, last_write, axis=1), 0)
    X = np.stack([values, write, read], axis=-1).astype("float32")
    return X, (held * read)[..., np.newaxis].astype("float32")


def adding(rng, n, *, n_steps=100):
    """Random numbers, two of them marked in the first half of the sequence; their sum is asked for at the end.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    n : int
        Number of sequences.
    n_steps : int
        Steps in a sequence, at least 20.

    Returns
    -------
    X : array of float32, shape (n, n_steps, 2)
        A number, uniform in [-1, 1), and a mark, 0 or 1. One mark stands on one of the first ten steps, the other on
        another step of the first half.
    y : array of float32, shape (n, 1)
        ``0.5 + (a + b) / 4`` for the marked numbers a and b, between 0 and 1.

    Raises
    ------
    ValueError
        If `n_steps` is below 20.

    Notes
    -----
    Experiment 4 of S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (1997), with one
    length instead of slightly varying ones and without the mark -1 on the first and the last step.

    Examples
    --------
    >>> X, y = adding(np.random.default_rng(0), 100, n_steps=50)
    >>> X.shape, y.shape
    ((100, 50, 2), (100, 1))
    >>> numbers, marks = X[0].T
    >>> bool(abs(y[0, 0] - (0.5 + (numbers * marks).sum() / 4)) < 1e-6)
    True
    """
    check_generator(rng)
    (n,), (n_steps,) = check_sizes(n=n), check_sizes(20, n_steps=n_steps)
    rows = np.arange(n)
    first = rng.integers(0, 10, n)
    second = rng.integers(0, n_steps // 2 - 1, n)
    second += second >= first  # any step of the first half but that of the first mark
    marks = np.zeros((n, n_steps))
    marks[rows, first] = marks[rows, second] = 1
    values = rng.uniform(-1, 1, (n, n_steps))
    y = 0.5 + (values * marks).sum(axis=1, keepdims=True) / 4
    return np.stack([values, marks], axis=-1).astype("float32"), y.astype("float32")


def cumulative_sum(rng, n, *, n_steps=10, limit="share"):
    """Random numbers, and at every step the question whether their sum so far is above a limit.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    n : int
        Number of sequences.
    n_steps : int
        Numbers in a sequence.
    limit : {"share", "fixed"}
        "share": a quarter of the sum of the whole sequence, known only when all of it has been read; "fixed": a quarter
        of `n_steps`, the same for all sequences.

    Returns
    -------
    X : array of float32, shape (n, n_steps, 1)
        Numbers, uniform in [0, 1).
    y : array of int, shape (n, n_steps, 1)
        1 where the sum of the numbers up to and including this step is above the limit, else 0. Once 1, it stays 1.

    Raises
    ------
    ValueError
        If `limit` is neither "share" nor "fixed".

    Notes
    -----
    "fixed" is the problem of Jason Brownlee, *Long Short-Term Memory Networks With Python* (2017), chapter 10, which a
    network that reads only forwards can solve; "share" is a variant that it cannot.

    Examples
    --------
    >>> X, y = cumulative_sum(np.random.default_rng(0), 100)
    >>> X.shape, y.shape, np.unique(y).tolist()
    ((100, 10, 1), (100, 10, 1), [0, 1])
    """
    check_generator(rng)
    n, n_steps = check_sizes(n=n, n_steps=n_steps)
    check_choice("limit", limit, ("share", "fixed"))
    X = rng.random((n, n_steps, 1), dtype="float32")
    so_far = X.cumsum(axis=1, dtype=float)
    quarter = so_far[:, -1:] / 4 if limit == "share" else n_steps / 4
    return X, (so_far > quarter).astype(int)


def damped_sine(rng, n, *, n_steps=50, horizon=10, period=(10, 20), decay=(0.01, 0.1), noise=0.0):
    """Oscillations that die away, each with its own period, decay and phase; the next values are asked for.

    At step t, counted from 0, the value is ``0.5 + 0.5 * exp(-decay * t) * sin(2 * pi * t / period + phase)``: it lies
    between 0 and 1. The network has to find out period, decay and phase from what it reads.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    n : int
        Number of sequences.
    n_steps : int
        Steps to read.
    horizon : int
        Steps to predict, those that follow.
    period : (float, float)
        Shortest and longest period in steps, above 0; each sequence's is uniform between them.
    decay : (float, float)
        Smallest and largest decay a step, not negative; each sequence's is uniform between them.
    noise : float
        Standard deviation of the normal noise that is added to every value of `X`, and to none of `y`.

    Returns
    -------
    X : array of float32, shape (n, n_steps, 1)
        The values to read.
    y : array of float32, shape (n, horizon)
        The values that follow, without noise.

    Raises
    ------
    ValueError
        If `period` or `decay` is not a pair of finite numbers in order and in the range above, or `noise` is no finite
        number of at least 0.

    Notes
    -----
    After the damped sine wave problem in Jason Brownlee, *Long Short-Term Memory Networks With Python* (2017), chapter
    7, where periods are whole numbers, all sequences start in the same phase and there is no noise. The same seed gives
    the same waves whatever the noise.

    Examples
    --------
    >>> X, y = damped_sine(np.random.default_rng(0), 100, noise=0.1)
    >>> X.shape, y.shape
    ((100, 50, 1), (100, 10))
    """
    check_generator(rng)
    n, n_steps, horizon = check_sizes(n=n, n_steps=n_steps, horizon=horizon)
    low, high = _pair("period", period)
    if low <= 0:
        raise ValueError(f"period must lie above 0; got {period!r}.")
    slowest, quickest = _pair("decay", decay)
    if slowest < 0:
        raise ValueError(f"decay must not be negative; got {decay!r}.")
    if not is_number(noise) or not 0 <= noise < np.inf:
        raise ValueError(f"noise must be a finite number of at least 0; got {noise!r}.")
    t = np.arange(n_steps + horizon)
    frequency = 2 * np.pi / rng.uniform(low, high, (n, 1))
    fade = np.exp(-rng.uniform(slowest, quickest, (n, 1)) * t)
    phase = rng.uniform(0, 2 * np.pi, (n, 1))
    values = 0.5 + 0.5 * fade * np.sin(frequency * t + phase)
    X = values[:, :n_steps] + noise * rng.standard_normal((n, n_steps))
    return X[..., np.newaxis].astype("float32"), values[:, n_steps:].astype("float32")


def _pair(name, values):
    try:
        low, high = values
    except (TypeError, ValueError):
        low = high = None
    if not (is_number(low) and is_number(high)):
        raise ValueError(f"{name} must be a pair of numbers (smallest, largest); got {values!r}.")
    if not -np.inf < low <= high < np.inf:
        raise ValueError(f"{name} must be finite, the smaller number first; got {values!r}.")
    return low, high


ADDITION_CHARACTERS = "0123456789+ "


def addition(rng, n, *, n_digits=3, framing="aligned", pairs="all"):
    """Two whole numbers; their sum is asked for, digit by digit.

    The number of digits of each number is drawn first, 1 to `n_digits`, each equally likely; then the number, evenly
    among all with so many digits. So short numbers are as frequent as long ones.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    n : int
        Number of sums.
    n_digits : int
        Most digits of each of the two numbers, up to 17.
    framing : {"text", "aligned", "columns"}
        How 535 + 61 = 596 is written, for `n_digits` 3:

        - "text": as one types it, ``"535+61 "``, and the answer ``"596 "``;
        - "aligned": every digit at a place of its own, ``"535+ 61"``, and the answer from the ones up, ``"695 "``;
        - "columns": the two ones first, then the two tens and so on, (5, 1), (3, 6), (5, 0), (0, 0), and the answer
          likewise, 6, 9, 5, 0.
    pairs : {"all", "training", "held-out"}
        "held-out" are about a tenth of all pairs of numbers, chosen by `held_out`, "training" are the others. No pair
        of one part is in the other, and neither is the same pair in the other order.

    Returns
    -------
    X : array of float32, one-hot encoded
        "text" and "aligned": shape (n, 2 * n_digits + 1, 12), the characters of ``ADDITION_CHARACTERS``, which are the
        ten digits, "+" and the space. "columns": shape (n, n_digits + 1, 20), ten places for each of the two digits.
    y : array of int, shape (n, n_digits + 1)
        Positions in ``ADDITION_CHARACTERS``, so that a digit stands for itself; the space is 11.

    Raises
    ------
    ValueError
        If `n_digits` is over 17, or `framing` or `pairs` is none of the three.

    Notes
    -----
    After W. Zaremba and I. Sutskever, "Learning to Execute" (2014), arXiv:1410.4615.

    Examples
    --------
    >>> X, y = addition(np.random.default_rng(0), 2, framing="text")
    >>> ["".join(ADDITION_CHARACTERS[i] for i in row) for row in X.argmax(axis=-1)]
    ['377+16 ', '13+0   ']
    >>> ["".join(ADDITION_CHARACTERS[i] for i in row) for row in y]
    ['393 ', '13  ']
    """
    check_generator(rng)
    n, n_digits = check_sizes(n=n, n_digits=n_digits)
    check_choice("framing", framing, ("text", "aligned", "columns"))
    check_choice("pairs", pairs, ("all", "training", "held-out"))
    if n_digits > 17:
        raise ValueError(f"n_digits must be at most 17, or the sums have no exact whole numbers; got {n_digits!r}.")
    a, b = _pairs_of_numbers(rng, n, n_digits, pairs)
    powers = 10 ** np.arange(n_digits + 1)
    a_digits, b_digits, digits = (number[:, np.newaxis] // powers % 10 for number in (a, b, a + b))  # ones first
    if framing == "columns":
        return np.concatenate([np.eye(10, dtype="float32")[d] for d in (a_digits, b_digits)], axis=2), digits
    a_digits, b_digits, digits = (
        np.where((powers <= number[:, np.newaxis]) | (powers == 1), d, 11)  # no zeros in front
        for number, d in ((a, a_digits), (b, b_digits), (a + b, digits))
    )
    plus = np.full((n, 1), 10)
    X = np.concatenate([a_digits[:, n_digits - 1 :: -1], plus, b_digits[:, n_digits - 1 :: -1]], axis=1)
    if framing == "text":
        X, digits = _spaces_last(X), _spaces_last(digits[:, ::-1])
    return np.eye(12, dtype="float32")[X], digits


def held_out(a, b):
    """Tell which pairs of numbers are kept out of training: about a tenth of them, in whichever order they stand.

    Parameters
    ----------
    a, b : int or array of int, of the same shape
        Numbers of at least 0.

    Returns
    -------
    array of bool
        Depends on the two numbers alone, so that it is the same everywhere and at any time.

    Raises
    ------
    ValueError
        If `a` or `b` holds anything but whole numbers of at least 0, or their shapes differ.

    Examples
    --------
    >>> held_out([12, 305], [305, 12]).tolist()  # the same in the other order
    [True, True]
    """
    a, b = np.asanyarray(a), np.asanyarray(b)
    for name, values in (("a", a), ("b", b)):
        if values.dtype.kind not in "iu" or np.ma.is_masked(values) or (values < 0).any():
            raise ValueError(f"{name} must hold whole numbers of at least 0, below 2**64; got {values!r}.")
    if a.shape != b.shape:
        raise ValueError(f"a and b must have the same shape; got {a.shape} and {b.shape}.")
    a, b = a.astype("uint64"), b.astype("uint64")
    smaller, larger = np.minimum(a, b), np.maximum(a, b)
    with np.errstate(over="ignore"):  # sums and products are meant modulo 2 to the power of 64
        return _mix(_mix(smaller) + larger) % np.uint64(10) == 0


def _mix(x):
    """Turn whole numbers into others that look random, by the multiplying and mixing of bits that ends splitmix64."""
    x = (x + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _pairs_of_numbers(rng, n, n_digits, pairs):
    found = np.empty((2, 0), dtype="int64")
    while found.shape[1] < n:
        length = rng.integers(1, n_digits + 1, (2, n))
        drawn = rng.integers(np.where(length == 1, 0, 10 ** (length - 1)), 10**length)
        if pairs != "all":
            drawn = drawn[:, held_out(*drawn) == (pairs == "held-out")]
        found = np.concatenate([found, drawn], axis=1)
    return found[:, :n]


def _spaces_last(characters):
    """Move the spaces of each row behind its other characters."""
    return np.take_along_axis(characters, np.argsort(characters == 11, axis=1, kind="stable"), axis=1)


def rectangles(rng, n, *, n_lines=16, shortest=3, longest=10):
    """Drawings of rectangles: the corners in the order of drawing, and back to the first one to close the outline.

    The paper is square, with the lines 0 to ``n_lines - 1`` in both directions, and corners lie where lines cross. Each
    drawing starts at the lower left corner, and goes around clockwise or anticlockwise with equal chance.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    n : int
        Number of drawings.
    n_lines : int
        Lines of the paper in each direction.
    shortest, longest : int
        Shortest and longest side, in squares. Width and height are drawn independently, each length equally likely, and
        then the place, each one that fits equally likely.

    Returns
    -------
    X : array of int, shape (n, 5, 2)
        For each point of the drawing the one before it, x (rightwards) and y (upwards), from 0 to ``n_lines - 1``; -1
        and -1 before the first.
    y : array of int, shape (n, 5, 2)
        The five points; the last equals the first.

    Raises
    ------
    ValueError
        If not ``shortest <= longest < n_lines``.

    Notes
    -----
    After the rectangles in Jason Brownlee, *Long Short-Term Memory Networks With Python* (2017), chapter 11, there with
    four corners, always in the same direction, and without a grid.

    Examples
    --------
    >>> X, y = rectangles(np.random.default_rng(0), 100)
    >>> X.shape, y.shape
    ((100, 5, 2), (100, 5, 2))
    >>> bool((X[:, 1:] == y[:, :-1]).all())
    True
    """
    check_generator(rng)
    n, shortest, longest = check_sizes(n=n, shortest=shortest, longest=longest)
    (n_lines,) = check_sizes(2, n_lines=n_lines)
    if not shortest <= longest < n_lines:
        raise ValueError(
            "shortest, longest and n_lines must be in the order shortest <= longest < n_lines; "
            f"got {shortest}, {longest} and {n_lines}."
        )
    size = rng.integers(shortest, longest, (n, 2), endpoint=True)
    first = rng.integers(0, n_lines - size)
    x_1, y_1 = first.T
    x_2, y_2 = (first + size).T
    right, left = np.stack([x_2, y_1], axis=-1), np.stack([x_1, y_2], axis=-1)
    clockwise = rng.integers(2, size=(n, 1)) == 1
    second, fourth = np.where(clockwise, left, right), np.where(clockwise, right, left)
    y = np.stack([first, second, first + size, fourth, first], axis=1)
    X = np.concatenate([np.full((n, 1, 2), -1), y[:, :-1]], axis=1)
    return X, y


def moving_squares(rng, n, *, n_steps=6, size=12, square=3, n_directions=8, speeds=(1, 2)):
    """Short videos of a bright square that moves over a dark picture; the direction of its motion is asked for.

    The square starts anywhere and moves straight on. What leaves on one side comes back on the opposite one, so every
    single image is equally likely for all directions: only the order of the images tells where the square is going.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    n : int
        Number of videos.
    n_steps : int
        Images in a video.
    size : int
        Height and width of an image, in pixels.
    square : int
        Height and width of the square, in pixels, at most `size`.
    n_directions : {4, 8}
        4: right, up, left, down. 8: the diagonals too.
    speeds : sequence of int
        Pixels a step, along both axes on a diagonal. One of them is drawn for each video, all equally likely.

    Returns
    -------
    X : array of float32, shape (n, n_steps, size, size, 1)
        0 where the image is dark, 1 on the square. The first row is the top of the image.
    y : array of int, shape (n,)
        Direction, counter-clockwise in equal steps from 0, to the right: of 4, 1 is up, 2 left and 3 down; of 8, 2 is
        up, 4 left, 6 down, and the odd ones are the diagonals between.

    Raises
    ------
    ValueError
        If `square` is larger than `size`, `n_directions` is neither 4 nor 8, or `speeds` is empty or holds anything but
        whole numbers of at least 1.

    Notes
    -----
    After the moving square video prediction problem in Jason Brownlee, *Long Short-Term Memory Networks With Python*
    (2017), chapter 8, where a line grows to the left or to the right.

    Examples
    --------
    >>> X, y = moving_squares(np.random.default_rng(0), 100, n_directions=4)
    >>> X.shape, y.shape, np.unique(y).tolist()
    ((100, 6, 12, 12, 1), (100,), [0, 1, 2, 3])
    """
    check_generator(rng)
    n, n_steps, size, square = check_sizes(n=n, n_steps=n_steps, size=size, square=square)
    check_choice("n_directions", n_directions, (4, 8))
    try:
        speeds = list(speeds)
    except TypeError:
        raise ValueError(f"speeds must be a sequence of whole numbers, such as (1, 2); got {speeds!r}.") from None
    if not speeds:
        raise ValueError("speeds must hold at least one speed, such as (1, 2); got none.")
    speeds = check_sizes(**{f"speeds[{i}]": speed for i, speed in enumerate(speeds)})
    if square > size:
        raise ValueError(f"square must be at most size = {size}; got {square}.")
    y = rng.integers(n_directions, size=n)
    angle = 2 * np.pi * y / n_directions
    # Rows count downwards, so up is -1; rounding turns the diagonals' 0.707 into 1.
    velocity = np.stack([-np.sin(angle), np.cos(angle)]).round().astype(int) * rng.choice(speeds, n)
    start = rng.integers(size, size=(2, n))
    corner = start[..., np.newaxis] + velocity[..., np.newaxis] * np.arange(n_steps)
    row, column = (np.arange(size) - corner[..., np.newaxis]) % size < square
    X = row[..., :, np.newaxis] & column[..., np.newaxis, :]
    return X[..., np.newaxis].astype("float32"), y


def written_line(rng, letters, text, *, spacing=130.0, warp=1.0):
    """A line of text as the path of a pen: drawn letters joined, and warped as a hand would vary them.

    Each letter gets its own size, height and bend; the whole line its slant, its size and its slope. Then every stroke
    is cut into equally long pieces. A space leaves a gap.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    letters : dict
        Letter -> (advance, strokes): where the next letter begins, and a list of arrays of points, shape (points, 2).
    text : str
        What to write: letters that are keys of `letters`, and spaces.
    spacing : float
        About how far the points of a stroke are apart, in the unit of the letters.
    warp : float
        How strongly lines differ from each other: 0 writes the letters as they were drawn.

    Returns
    -------
    array of float, shape (points, 3)
        The way from the point before, to the right and up (at first from where the line begins), and 1 where the pen is
        lifted after the point, 0 elsewhere.

    Raises
    ------
    ValueError
        If `text` has no letter, or one that is not in `letters`; `spacing` is not positive or `warp` negative.

    Examples
    --------
    >>> letters = {"l": (100, [np.array([[50, 300], [50, 0]])])}
    >>> written_line(np.random.default_rng(0), letters, "ll", spacing=150, warp=0).astype(int).tolist()
    [[50, 300, 0], [0, -150, 0], [0, -150, 1], [100, 300, 0], [0, -150, 0], [0, -150, 1]]
    """
    check_generator(rng)
    unknown = sorted(set(text) - set(letters) - {" "})
    if unknown or not text.strip():
        raise ValueError(f"text must consist of spaces and of letters that are in `letters`; got {text!r}.")
    if not is_number(spacing) or not 0 < spacing < np.inf:
        raise ValueError(f"spacing must be a positive number; got {spacing!r}.")
    if not is_number(warp) or not 0 <= warp < np.inf:
        raise ValueError(f"warp must be a finite number of at least 0; got {warp!r}.")

    def noise(size, *shape):
        return warp * size * rng.standard_normal(shape)

    x, strokes = 0.0, []
    for letter in text:
        if letter == " ":
            x += 350.0
            continue
        advance, parts = letters[letter]
        size, lift, amplitude = np.exp(noise(0.06, 2)), noise(12, 1), noise(14, 2)
        phase, wave = rng.uniform(0, 2 * np.pi, 2), 2 * np.pi / np.exp(rng.uniform(*np.log([400, 1200])))
        for part in parts:
            points = _equally_long(part, 45.0) * size  # fine, so that straight lines can bend
            bend = amplitude * np.sin(wave * points[:, ::-1] + phase)
            strokes.append(points + bend + np.array([x, lift[0]]))
        x += advance * size[0] + noise(12, 1)[0]
    (slant,), (slope,), size = noise(0.12, 1), noise(0.015, 1), np.exp(noise(0.08, 2))
    turned = np.array([[1, 0], [slant, 1]]) * size @ np.array([[1, slope], [0, 1]])
    strokes = [_equally_long(points @ turned, spacing) for points in strokes]
    path = np.concatenate(strokes)
    lifted = np.concatenate([np.arange(len(points)) == len(points) - 1 for points in strokes])
    return np.column_stack([np.diff(path, axis=0, prepend=[[0.0, 0.0]]), lifted])


def _equally_long(points, spacing):
    """Points at equal distances along a chain of lines, about `spacing` apart, ends included."""
    points = np.asarray(points, float)
    length = np.concatenate([[0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    at = np.linspace(0, length[-1], max(2, round(length[-1] / spacing) + 1))
    return np.column_stack([np.interp(at, length, coordinate) for coordinate in points.T])
