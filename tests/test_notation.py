"""Tunes: reading and writing ABC notation, drawing a staff."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstmbook import datasets, notation

HEAD = "X:1\nM:4/4\nL:1/8\nK:{key}\n"


def read(body, key="C"):
    return notation.read_abc(HEAD.format(key=key) + body)


def pitches(body, key="C"):
    return read(body, key)["pitch"].tolist()


def durations(body):
    return read(body)["duration"].tolist()


def test_a_scale_in_three_octaves():
    assert pitches("C, C D E F G A B c c'") == [48, 60, 62, 64, 65, 67, 69, 71, 72, 84]


@pytest.mark.parametrize(
    ("key", "expected"),
    [("D", [66, 61]), ("Bm", [66, 61]), ("Edor", [66, 61]), ("F", [65, 60]), ("Eb", [65, 60]), ("Amix", [66, 61])],
)
def test_a_key_alters_its_notes(key, expected):
    assert pitches("F C", key) == expected


@pytest.mark.parametrize(("key", "flat"), [("F", 1), ("Bb", 2), ("Eb", 3), ("Dm", 1), ("Cdor", 2)])
def test_flats_are_negative_sharps(key, flat):
    assert (read("c", key)["sharps"] == -flat).all()


def test_an_accidental_holds_until_the_bar_line():
    assert pitches("^F F f | F _B =B ^^c __d") == [66, 66, 77, 65, 70, 71, 74, 72]


def test_lengths():
    assert durations("C C2 C/ C/2 C// C3/2 C4") == [12, 24, 6, 6, 3, 18, 48]
    assert durations("C>C C<C C>>C") == [18, 6, 6, 18, 21, 3]
    assert durations("(3CCC C (3C/C/C/ C") == [8, 8, 8, 12, 4, 4, 4, 12]
    assert durations("C2- C C2-|C4 zC z2") == [36, 84, 36]
    assert durations('{BA}[CE]2 [E2G2] "^above"C !trill!C (CC) .C vC') == [24, 24, 12, 12, 12, 12, 12, 12]


def test_two_quarters_count_like_four():
    slow = notation.read_abc("X:1\nM:2/4\nL:1/16\nK:G\nGABc d2B2 | G8 |")
    fast = notation.read_abc("X:1\nM:C|\nL:1/8\nK:G\nGABc d2B2 | G8 |")
    assert slow.equals(fast)


def test_bars_and_upbeats():
    tune = read("D | C8 | C4 C3 :|: D | C8 ||")
    assert tune[["bar", "place"]].to_numpy().tolist() == [[0, 84], [1, 0], [2, 0], [2, 48], [2, 84], [3, 0]]
    assert read("C8 | C8 |")["bar"].tolist() == [1, 2]


def test_several_tunes():
    text = HEAD.format(key="C") + "C D E F|\n\n" + HEAD.format(key="D") + "F F|"
    assert notation.read_abc(text)["tune"].tolist() == [0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize("text", ["", "no tune", "X:1\nK:C\n"])
def test_a_text_without_notes_is_refused(text):
    with pytest.raises(ValueError, match="text must hold tunes in ABC notation"):
        notation.read_abc(text)


def test_an_unknown_metre_is_refused():
    with pytest.raises(ValueError, match="metre must be one of '4/4'"):
        notation.read_abc("X:1\nM:5/4\nK:C\nC|")


def test_what_is_written_is_read_again():
    notes = datasets.fiddle_tunes()
    for number, tune in notes.groupby("tune"):
        again = notation.read_abc(notation.write_abc(tune))
        assert again[["duration", "pitch", "sharps"]].equals(
            tune[["duration", "pitch", "sharps"]].reset_index(drop=True)
        ), number


def test_a_note_over_a_bar_line_is_tied():
    tune = read("C6 D4- | D2 =F2 ^F4- | F2 G6 |", key="D")
    text = notation.write_abc(tune.assign(bar=[1, 1, 2, 2, 3], place=[0, 72, 24, 48, 24]))
    assert "D2- | D4 =F2 ^F2" not in text and "D2- |" in text
    assert notation.read_abc(text)["duration"].tolist() == tune["duration"].tolist()
    crossing = tune.iloc[:1].assign(duration=240)
    assert notation.write_abc(crossing).splitlines()[-1] == "C8- | C8- | C4 |]"


def test_every_note_is_drawn_at_its_height():
    tune = read("E G B d f a' C | ^c =c", key="D")
    ax = notation.staff(tune, ax=plt.figure().gca())
    heads = [line for line in ax.lines if line.get_marker() == "o" and line.get_markersize() > 3]
    heights = [float(line.get_ydata()[0]) for line in heads]
    assert heights == [0, 2, 4, 6, 8, 17, -2, 5, 5]
    assert np.diff([float(line.get_xdata()[0]) for line in heads]).min() > 0
    assert [text.get_text() for text in ax.texts].count("♮") == 1
    plt.close("all")


def test_lines_of_a_staff_stand_below_each_other():
    notes = datasets.fiddle_tunes().query("tune == 300")
    ax = notation.staff(notes, ax=plt.figure().gca(), colors=["red"] * len(notes))
    heads = [line for line in ax.lines if line.get_marker() == "o" and line.get_markersize() > 3]
    assert len(heads) == len(notes) and {line.get_markeredgecolor() for line in heads} == {"red"}
    assert min(float(line.get_ydata()[0]) for line in heads) < -55
    plt.close("all")


@pytest.mark.parametrize(("duration", "bar", "place"), [(12, 1, 36), (72, 2, 0), (84, 2, 12), (168, 3, 0)])
def test_the_next_note_begins_where_the_last_one_ends(duration, bar, place):
    tune = read("C C | C8", key="D").iloc[:3].assign(bar=1, place=[0, 12, 24])
    more = notation.go_on(tune, 74, duration)
    assert more.iloc[-1][["bar", "place", "duration", "pitch"]].tolist() == [bar, place, 0, 0]
    assert more.iloc[-2][["pitch", "duration"]].tolist() == [74, duration]
    assert more[["metre", "sharps"]].drop_duplicates().to_numpy().tolist() == [["4/4", 2]]
    assert tune["duration"].tolist() == [12, 12, 96]


def test_what_is_known_before_a_note():
    tune = datasets.fiddle_tunes().query("tune == 7")
    known = notation.known_before(tune, (1, 4))
    assert known[0, :2].tolist() == [0, 0]
    assert (known[1:, :2] == tune[["pitch", "duration"]].to_numpy()[:-1]).all()
    assert (known[:, 2] == notation.BAR[tune["metre"].iloc[0]]).all() and (known[:, 3] == tune["place"]).all()
    assert (known[:, 4:] == notation.same_place(tune, (1, 4))).all()
