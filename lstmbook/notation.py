"""Tunes of one voice: read and write ABC notation, draw a staff.

A tune is a table, one row a note, as `lstmbook.datasets.fiddle_tunes` returns them. Time is counted in units of which
an eighth note has 12. Tunes in 2/4 are counted like 4/4 with twice as long notes, so that sixteenths in 2/4 and eighths
in 4/4, two ways to write the same reel, come out alike.
"""

import re
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lstmbook._checks import check_choice

COLUMNS = ["tune", "metre", "sharps", "bar", "place", "duration", "pitch"]
BAR = {"4/4": 96, "3/4": 72, "6/8": 72, "9/8": 108, "12/8": 144, "3/8": 36}  # units of a bar
BEAT = {"4/4": 48, "3/4": 24}  # units under one beam; 36 in the other metres
NAMES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
MAJOR = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}  # sharps; a flat takes seven away
MODES = {"": 0, "maj": 0, "ion": 0, "mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3, "phr": -4, "lyd": 1}
ACCIDENTALS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
SKIPPED = r'"[^"]*"|![^!]*!|\{[^}]*\}|\[[A-Za-z]:[^]]*\]'  # texts, decorations, grace notes, fields inside a line
TOKEN = re.compile(
    r"(?P<bar>:*\|+[\]:|]*|::+|\[\|)"
    r"|(?P<tuplet>\(\d)"
    r"|(?P<chord>\[(?=[^]]*[A-Ga-g])[^]]*\])"
    r"|(?P<note>[\^_=]*[A-Ga-gxzZ][,']*)"
    r"|(?P<broken>[<>]+)|(?P<tie>-)"
)
LENGTH = re.compile(r"(\d*)(/*)(\d*)")


def read_abc(text):
    """Read tunes in ABC notation, as it is used for folk music.

    Parameters
    ----------
    text : str
        One tune or several, each beginning with a line ``X:``.

    Returns
    -------
    DataFrame, one row a note. Its columns:
        ``tune``, a number from 0 on; ``metre``; ``sharps`` of the key, flats are negative; ``bar``, a bar of upbeats at
        the beginning has the number 0; ``place`` in the bar and ``duration`` in units of which an eighth has 12 (in 2/4
        a sixteenth); ``pitch``, a MIDI number, 60 is middle C. Repeats are not played. A rest makes the note before it
        longer, a tied note too. Grace notes are left out; of a chord the first note is taken.

    Raises
    ------
    ValueError
        If there is no note in it, or a metre is none of 2/4, 4/4, C, C|, 2/2, 3/4, 3/8, 6/8, 9/8, 12/8.

    Examples
    --------
    >>> tune = read_abc("X:1\\nM:4/4\\nL:1/8\\nK:G\\nD | G2 (3ABc d4 |]")
    >>> tune[["bar", "place", "duration", "pitch"]].to_numpy().tolist()
    [[0, 84, 12, 62], [1, 0, 24, 67], [1, 24, 8, 69], [1, 32, 8, 71], [1, 40, 8, 72], [1, 48, 48, 74]]
    """
    tunes = [part for part in re.split(r"(?m)^(?=X:)", text) if "K:" in part]
    rows = [[tune, *note] for tune, part in enumerate(tunes) for note in _notes(*_parse(part))]
    if not rows:
        raise ValueError(f"text must hold tunes in ABC notation, with X: and K: lines and notes; got {text[:40]!r}.")
    return pd.DataFrame(rows, columns=COLUMNS)


def _parse(text):
    """Return metre, number of sharps, and rows (pitch, length in whole notes), (None, None) for each bar line."""
    metre, unit, key, rows = "C", None, 0, []
    altered, factor, left, broken, tied = {}, Fraction(1), 0, 1, False
    for line in text.splitlines():
        if field := re.match(r"([A-Za-z]):\s*(.*)", line):
            name, value = field[1], field[2].split("%")[0].strip()
            metre = value if name == "M" else metre
            unit = Fraction(value) if name == "L" else unit
            key = _sharps(value) if name == "K" else key
            continue
        unit = unit or Fraction(1, 16 if metre == "2/4" else 8)
        line, at = re.sub(SKIPPED, "", line.split("%")[0]), 0
        while at < len(line):
            token = TOKEN.match(line, at)
            if not token:
                at += 1
                continue
            at, kind, found = token.end(), token.lastgroup, token[0]
            if kind == "bar":
                altered = {}
                rows.append((None, None))
            elif kind == "tuplet":
                left = int(found[1])
                factor = Fraction({2: 3, 3: 2, 4: 3, 6: 2}.get(left, left - 1), left)
            elif kind == "broken":  # a>b: the first note takes half of the second, a>>b three quarters
                part = 1 - Fraction(1, 2 ** len(found))
                longer, broken = (1 + part, 1 - part) if found[0] == ">" else (1 - part, 1 + part)
                rows[-1] = (rows[-1][0], rows[-1][1] * longer)
            elif kind == "tie":
                tied = True
            else:
                length = LENGTH.match(line, at)
                at = length.end()
                if kind == "chord":
                    inside = re.search(rf"([\^_=]*[A-Ga-g][,']*)({LENGTH.pattern})", found)
                    found, length = inside[1], length if length[0] else LENGTH.match(inside[2])
                size = Fraction(int(length[1] or 1), int(length[3] or 2 ** len(length[2]))) * unit * broken
                size *= factor if left else 1
                pitch = None if found[0] in "xzZ" else _pitch(found, altered, key)
                sounding = next((row[0] for row in reversed(rows) if row[0] is not None), None)
                rows.append((None if tied and pitch == sounding else pitch, size))
                left, broken, tied = max(left - 1, 0), 1, False
    return metre, key, rows


def _notes(metre, sharps, rows):
    """Return [metre, sharps, bar, place, duration, pitch] of each note."""
    unit = Fraction(1, 192 if metre == "2/4" else 96)
    metre = {"2/4": "4/4", "C": "4/4", "C|": "4/4", "2/2": "4/4"}.get(metre, metre)
    check_choice("metre", metre, BAR)
    before = next((i for i, row in enumerate(rows) if i and row[1] is None), len(rows))
    upbeat = sum(size for _, size in rows[:before] if size) / unit
    bar, now = (0, BAR[metre] - upbeat) if upbeat < BAR[metre] else (1, Fraction(0))
    notes = []
    for pitch, size in rows:
        if size is None:  # a bar line begins a bar, if the one before it is full
            bar, now = (bar + 1, Fraction(0)) if now >= BAR[metre] else (bar, now)
            continue
        if pitch is not None:
            notes.append([metre, sharps, bar, round(now % BAR[metre]), 0, pitch])
        if notes:
            notes[-1][4] += size / unit
        now += size / unit
    return [[*note[:4], max(round(note[4]), 1), note[5]] for note in notes]


def _sharps(key):
    found = re.match(r"([A-G])([#b]?)\s*([a-zA-Z]*)", key)
    if not found:
        return 0
    tonic, accidental, mode = found.groups()
    return MAJOR[tonic] + {"": 0, "#": 7, "b": -7}[accidental] + MODES.get(mode[:3].lower(), 0)


def _in_key(name, sharps):
    """Return what a key does to a name: 1 for a sharp, -1 for a flat."""
    return int(name in "FCGDAEB"[: max(sharps, 0)]) - int(name in "BEADGCF"[: max(-sharps, 0)])


def _pitch(text, altered, sharps):
    """Return the MIDI number of a note; `altered` holds the accidentals of the bar."""
    accidental, name, octave = re.match(r"([\^_=]*)([A-Ga-g])([,']*)", text).groups()
    height = (72 if name.islower() else 60) + 12 * (octave.count("'") - octave.count(","))
    name = name.upper()
    if accidental:
        altered[name, height] = ACCIDENTALS[accidental]
    return NAMES[name] + height + altered.get((name, height), _in_key(name, sharps))


def _spell(pitch, sharps):
    """Return name, octave (of middle C: 4) and alteration of a pitch, with a name of the key where there is one."""
    plain, others = [], []
    for name, step in NAMES.items():
        change = (pitch - step + 6) % 12 - 6
        found = name, (pitch - change - step) // 12 - 1, change
        if change == _in_key(name, sharps):
            plain.append(found)
        elif abs(change) <= 1:
            others.append((change != 0, change != (1 if sharps >= 0 else -1), found))
    return plain[0] if plain else min(others)[-1]


def write_abc(notes, title="A tune"):
    """Write a tune in ABC notation, which many programs and web pages can print and play.

    Parameters
    ----------
    notes : DataFrame
        One tune, with the columns that `read_abc` returns, ``tune`` excepted.
    title : str

    Returns
    -------
    str

    Examples
    --------
    >>> print(write_abc(read_abc("X:1\\nM:4/4\\nL:1/8\\nK:D\\nd2 ^d2 f2 =c2|")))
    X:1
    T:A tune
    M:4/4
    L:1/8
    K:D
    d2 ^d2 f2 =c2 |]
    """
    metre, sharps = notes["metre"].iloc[0], int(notes["sharps"].iloc[0])
    key = next(name for name, number in [*MAJOR.items(), ("F#", 6), ("Bb", -2), ("Eb", -3), ("Ab", -4), ("Db", -5)]
               if number == sharps)  # fmt: skip
    words, bar, altered = [], None, {}
    for here, length, pitch, tied in _pieces(notes):
        if bar is not None and here != bar:
            words.append("|\n" if here % 4 == 1 else "|")
        if here != bar:
            bar, altered = here, {}
        name, octave, change = _spell(pitch, sharps)
        sign = {1: "^", 0: "=", -1: "_"}[change] if altered.get((name, octave), _in_key(name, sharps)) != change else ""
        altered[name, octave] = change
        letter = name.lower() + "'" * (octave - 5) if octave > 4 else name + "," * (4 - octave)
        eighths = Fraction(int(length), 12)
        top, bottom = eighths.numerator, eighths.denominator
        size = f"{'' if top == 1 else top}{'' if bottom == 1 else f'/{bottom}'}"
        words.append(f"{sign}{letter}{size}{'-' if tied else ''}")
    body = " ".join(words).replace("\n ", "\n")
    return f"X:1\nT:{title}\nM:{metre}\nL:1/8\nK:{key}\n{body} |]"


def _pieces(notes):
    """Yield (bar, length, pitch, tied to the next piece?): a note that lasts over a bar line is cut there."""
    for row in notes.itertuples():
        bar, place, left = row.bar, row.place, row.duration
        while left > 0:
            length = min(left, BAR[row.metre] - place)
            yield bar, length, row.pitch, left > length
            bar, place, left = bar + 1, 0, left - length


def same_place(notes, bars):
    """What was played at the same place some bars ago.

    Parameters
    ----------
    notes : DataFrame
        One tune, with the columns that `read_abc` returns.
    bars : sequence of int
        How many bars ago, such as (1, 2, 4, 8).

    Returns
    -------
    array of int, shape (notes, len(bars))
        Pitches, 0 where no note began at that place.

    Examples
    --------
    >>> same_place(read_abc("X:1\\nM:4/4\\nL:1/4\\nK:C\\nC D E F | G2 A B | c d e f |"), bars=(1, 2))[4:].tolist()
    [[60, 0], [64, 0], [65, 0], [67, 60], [0, 62], [69, 64], [71, 65]]
    """
    spots = [*zip(notes["bar"], notes["place"], strict=True)]
    played = dict(zip(spots, notes["pitch"], strict=True))
    return np.array([[played.get((bar - k, place), 0) for k in bars] for bar, place in spots])


def known_before(tune, bars):
    """What is known before each note of a tune: a network's input, to guess pitch and duration.

    Parameters
    ----------
    tune : DataFrame
        One tune, with the columns that `read_abc` returns.
    bars : sequence of int
        How many bars `same_place` looks back.

    Returns
    -------
    array of int, shape (notes, 4 + len(bars))
        Pitch and duration of the note before, 0 at the first note; units of a bar in the metre; place of the note in
        the bar; and what `same_place` returns.

    Examples
    --------
    >>> known_before(read_abc("X:1\\nM:3/4\\nL:1/4\\nK:C\\nC D E | F3 |"), bars=(1,)).tolist()
    [[0, 0, 72, 0, 0], [60, 24, 72, 24, 0], [62, 24, 72, 48, 0], [64, 24, 72, 0, 60]]
    """
    last = tune[["pitch", "duration"]].shift(1, fill_value=0)
    return np.column_stack([last, tune["metre"].map(BAR), tune["place"], same_place(tune, bars)])


def go_on(tune, pitch, duration):
    """Fill in the last note of a tune and begin the next one behind it, to write a tune note by note.

    Parameters
    ----------
    tune : DataFrame
        One tune, with the columns that `read_abc` returns; pitch and duration of its last row do not matter.
    pitch, duration : int
        Of the last note.

    Returns
    -------
    DataFrame
        The tune with the last note as given and one row more, at the bar and place where the next note begins; its
        pitch and duration are 0.

    Examples
    --------
    >>> tune = read_abc("X:1\\nM:3/4\\nL:1/4\\nK:C\\nC D E |")
    >>> go_on(tune, 67, 36)[["bar", "place", "duration", "pitch"]].tail(2).to_numpy().tolist()
    [[1, 48, 36, 67], [2, 12, 0, 0]]
    """
    tune = tune.reset_index(drop=True)
    last = tune.iloc[-1]
    tune.loc[tune.index[-1], ["pitch", "duration"]] = pitch, duration
    bars, place = divmod(last["place"] + duration, BAR[last["metre"]])
    new = last.to_dict() | {"bar": last["bar"] + bars, "place": place, "duration": 0, "pitch": 0}
    return pd.concat([tune, pd.DataFrame([new])], ignore_index=True)


CLEF = np.array([  # a line through the staff, from the foot to the curl: right (in steps), line
    (-0.9, -3.2), (-0.3, -4.0), (0.6, -3.4), (0.5, -1.0), (-0.2, 6.0), (0.2, 9.2), (1.0, 8.6), (0.6, 6.2), (-1.0, 4.0),
    (-1.9, 1.8), (-1.0, 0.2), (0.6, 0.0), (1.7, 1.3), (1.2, 3.2), (0.1, 3.6), (-0.7, 2.4), (-0.2, 1.5),
])  # fmt: skip


def staff(notes, *, bars_a_line=4, ax=None, colors=None):
    """Draw a tune on staves.

    Parameters
    ----------
    notes : DataFrame
        One tune, with the columns that `read_abc` returns, ``tune`` excepted.
    bars_a_line : int
    ax : Axes, optional
        Where to draw; by default the current one. Give about 0.75 inches of height to a line.
    colors : sequence of colours, optional
        One a note.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = staff(read_abc("X:1\\nM:4/4\\nL:1/8\\nK:G\\nG2 A2 B2 c2 |"))
    >>> [text.get_text() for text in ax.texts]  # the sharp of the key, the metre
    ['♯', '4', '4']
    """
    ax = ax or plt.gca()
    metre, sharps = notes["metre"].iloc[0], int(notes["sharps"].iloc[0])
    length, beat, gap = BAR[metre], BEAT.get(metre, 36), 20
    colors = ["black"] * len(notes) if colors is None else list(colors)
    first = int(notes["bar"].iloc[0])
    upbeat = length - int(notes["place"].iloc[0]) if first == 0 else 0
    line_of = ((notes["bar"] - 1).clip(lower=0) // bars_a_line).to_numpy()
    x = np.where(notes["bar"] == 0, 0, upbeat + 4 * (upbeat > 0) + (notes["bar"] - 1) % bars_a_line * (length + 6))
    x = 26 + 6 * abs(sharps) + x + np.where(notes["bar"] == 0, notes["place"] - length + upbeat,
                                                        notes["place"])  # fmt: skip
    x = x + 6 - np.where((line_of > 0), upbeat + 4 * (upbeat > 0), 0)
    spelled = [_spell(pitch, sharps) for pitch in notes["pitch"]]
    step = np.array([7 * octave + "CDEFGAB".index(name) - 30 for name, octave, _ in spelled])  # 0: the lowest line
    y = step - gap * line_of
    right = {line: 0 for line in line_of}
    height = 6.5
    group = (notes["bar"] * 1000 + notes["place"] // beat).to_numpy()
    duration = notes["duration"].to_numpy()
    bars, altered = notes["bar"].to_numpy(), {}
    for i in range(len(notes)):
        base = -gap * line_of[i]
        open_head = duration[i] >= 48
        ax.plot(x[i], y[i], "o", ms=4.4, mfc="white" if open_head else colors[i], mec=colors[i], mew=0.9, zorder=3)
        for ledger in [*range(-2, step[i] - 1, -2), *range(10, step[i] + 1, 2)]:
            ax.plot([x[i] - 4, x[i] + 4], [base + ledger] * 2, color="black", lw=0.6, zorder=1)
        if duration[i] in (18, 36, 72):
            ax.plot(x[i] + 4.5, y[i] + 0.6, "o", ms=1.2, color=colors[i])
        if i == 0 or bars[i] != bars[i - 1]:
            altered = {}
        name, octave, change = spelled[i]
        if altered.get((name, octave), _in_key(name, sharps)) != change:
            sign = {1: "♯", 0: "♮", -1: "♭"}[change]
            ax.text(x[i] - 3.2, y[i], sign, ha="right", va="center", fontsize=7, color=colors[i])
        altered[name, octave] = change
        right[line_of[i]] = max(right[line_of[i]], x[i] + duration[i])
    start = 0
    while start < len(notes):  # notes under one beam share the direction of their stems
        stop = start + 1
        while stop < len(notes) and group[stop] == group[start] and max(duration[start : stop + 1]) < 24:
            stop += 1
        members = range(start, stop)
        up = step[start:stop].mean() < 4
        sign, shift = (1, 1.6) if up else (-1, -1.6)
        tip = (y[start:stop].max() if up else y[start:stop].min()) + sign * height
        for i in members:
            if duration[i] < 96:
                ax.plot([x[i] + shift] * 2, [y[i], tip], color=colors[i], lw=0.7, zorder=2)
        for level in range(2):
            short = [i for i in members if duration[i] < (24, 9)[level]]
            for i in short:
                from_x, from_y = x[i] + shift, tip - sign * 1.5 * level
                if len(members) == 1:  # a flag
                    ax.plot([from_x, from_x + 4], [from_y, from_y - sign * 3], color=colors[i], lw=1.2, zorder=2)
                    continue
                # A beam to the next short note, or a stub where a note has none beside it.
                if i + 1 in short:
                    to_x = x[i + 1] + shift
                elif i - 1 in short:
                    continue
                else:
                    to_x = from_x + (3.5 if i == start else -3.5)
                ax.plot([from_x, to_x], [from_y] * 2, color="black", lw=2, solid_capstyle="butt", zorder=2)
        start = stop
    clef = _smooth(CLEF)
    for line in np.unique(line_of):
        base, end = -gap * line, right[line]
        ax.hlines(base + np.arange(0, 9, 2), 0, end, color="black", lw=0.5, zorder=1)
        ax.plot(9 + 2.6 * clef[:, 0], base + clef[:, 1], color="black", lw=1.1)
        signs = (
            [(8, "♯"), (5, "♯"), (9, "♯"), (6, "♯"), (3, "♯")]
            if sharps > 0
            else [(4, "♭"), (7, "♭"), (3, "♭"), (6, "♭")]
        )
        for k, (place, sign) in enumerate(signs[: abs(sharps)]):
            ax.text(20 + 6 * k, base + place, sign, ha="center", va="center", fontsize=8)
        if line == line_of[0]:
            for place, number in zip((6, 2), metre.split("/"), strict=True):
                size = {"ha": "center", "va": "center", "fontsize": 9, "fontweight": "bold"}
                ax.text(20 + 6 * abs(sharps), base + place, number, **size)
        here = line_of == line
        for bar in np.unique(bars[here]):
            last = x[here & (bars == bar)].max()
            after = x[here & (bars > bar)]
            at = after.min() - 6 if len(after) else end
            ax.vlines(max(at, last), base, base + 8, color="black", lw=0.8)
    ax.set(xlim=(-2, max(right.values()) + 4), ylim=(-gap * line_of.max() - 9, 17))
    ax.axis("off")
    return ax


def _smooth(points, n=12):
    """Return a smooth line through points (Catmull and Rom)."""
    padded = np.vstack([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, n, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False)
    ]
    return np.vstack([*pieces, points[-1:]])
