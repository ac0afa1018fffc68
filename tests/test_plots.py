"""lstmbook.plots: what is drawn is what was given, with its labels."""

import itertools
from types import SimpleNamespace

import matplotlib.colors
import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstmbook import framing, plots


@pytest.fixture(autouse=True)
def canvas():
    """Draw without a screen, in a style of its own, and close all figures afterwards."""
    plt.switch_backend("Agg")
    with plt.rc_context():
        plt.rcdefaults()  # other tests run cells of chapters, which set the book's style
        yield
    plt.close("all")


def legend_texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


# Style


def test_the_colours_are_seven_and_differ():
    colours = [np.array(matplotlib.colors.to_rgb(colour)) for colour in plots.COLOURS]
    assert len(colours) == 7
    assert min(np.abs(a - b).sum() for a, b in itertools.combinations(colours, 2)) > 0.3
    assert all(colour.min() < 0.5 for colour in colours), "seen on white"


def test_the_style_holds_for_the_figures_that_follow():
    plots.use_style()
    figure, ax = plt.subplots()
    assert figure.get_size_inches().tolist() == [7, 3]
    assert figure.dpi == 120
    assert figure.get_constrained_layout()
    assert not ax.spines["right"].get_visible()
    assert not ax.spines["top"].get_visible()
    assert ax.spines["left"].get_visible()
    assert ax.xaxis.get_gridlines()[0].get_visible()
    assert ax.xaxis.get_gridlines()[0].get_alpha() == 0.3
    assert [ax.plot([0])[0].get_color() for _ in range(7)] == plots.COLOURS
    assert ax.imshow([[1]]).get_cmap().name == "cividis"
    assert not ax.legend(["a"]).get_frame_on()
    ax.set_title("title")
    assert ax.get_title(loc="left") == "title"


# window


@pytest.mark.parametrize(
    "arguments",
    [
        {"n_steps": 6, "horizon": 2},
        {"n_steps": 6, "horizon": 2, "gap": 3, "stride": 2, "n_windows": 4},
        {"n_steps": 1, "horizon": 1, "n_windows": 1},
    ],
    ids=str,
)
def test_a_window_is_drawn_where_framing_cuts_it(arguments):
    ax = plots.window(**arguments)
    ax.figure.canvas.draw()

    n_windows = arguments.pop("n_windows", 3)
    X, y = framing.windows(np.arange(100), **arguments)
    names = ["input", "gap", "target"] if arguments.get("gap") else ["input", "target"]
    expected = {name: [] for name in names}
    for i in range(n_windows):
        steps = {"input": X[i, :, 0], "target": y[i, :, 0]}
        steps["gap"] = np.arange(steps["input"][-1] + 1, steps["target"][0])
        for name in names:
            expected[name].append((i, steps[name][0], len(steps[name])))

    bars = sorted((bar.get_y() + bar.get_height() / 2, bar.get_x(), bar.get_width()) for bar in ax.patches)
    np.testing.assert_allclose(bars, sorted(itertools.chain(*expected.values())))
    texts = sorted((*text.get_position()[::-1], text.get_text()) for text in ax.texts)
    assert texts == sorted((i, start + n / 2, str(n)) for rows in expected.values() for i, start, n in rows)
    assert legend_texts(ax) == names
    assert [label.get_text() for label in ax.get_yticklabels()] == [f"window {i}" for i in range(n_windows)]
    assert ax.get_xlabel() == "time step"
    assert ax.yaxis_inverted()


def test_the_parts_of_a_window_have_their_colours():
    ax = plots.window(6, 2, gap=3)
    colours = [matplotlib.colors.to_hex(bar.get_facecolor()).upper() for bar in ax.patches]
    assert colours == [plots.COLOURS[0], "#DDDDDD", plots.COLOURS[1]] * 3
    assert [text.get_color() for text in ax.texts] == ["white", "black", "white"] * 3


@pytest.mark.parametrize("name", ["n_steps", "horizon", "stride", "n_windows"])
@pytest.mark.parametrize("value", [0, -1, 3.5, True, None], ids=repr)
def test_a_window_that_framing_refuses_is_not_drawn(name, value):
    with pytest.raises(ValueError, match=rf"^{name} must be a whole number of at least 1; got {value!r}\."):
        plots.window(**({"n_steps": 3, "horizon": 1} | {name: value}))
    with pytest.raises(ValueError, match=r"^gap must be a whole number of at least 0; got -1\."):
        plots.window(3, 1, gap=-1)
    assert not plt.get_fignums()


def test_a_window_of_small_numbers_does_not_overflow():
    ax = plots.window(np.uint8(200), np.uint8(100), stride=np.uint8(100))
    assert max(bar.get_x() + bar.get_width() for bar in ax.patches) == 2 * 100 + 200 + 100


# learning_curve

HISTORY = {"loss": [3.0, 2.0, 1.5], "val_loss": [3.5, 2.5, 2.6], "mae": [1.0, 0.5, 0.4]}


def drawn(line):
    return line.get_linestyle(), line.get_label(), line.get_xdata().tolist(), list(line.get_ydata())


@pytest.mark.parametrize("history", [HISTORY, SimpleNamespace(history=HISTORY)], ids=["dict", "History"])
def test_a_learning_curve_shows_training_and_validation(history):
    ax = plots.learning_curve(history)
    assert [drawn(line) for line in ax.lines] == [
        ("--", "training", [1, 2, 3], HISTORY["loss"]),
        ("-", "validation", [1, 2, 3], HISTORY["val_loss"]),
    ]
    assert ax.lines[0].get_color() != ax.lines[1].get_color()
    assert legend_texts(ax) == ["training", "validation"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")


def test_a_learning_curve_without_validation_shows_training():
    ax = plots.learning_curve(HISTORY, "mae")
    assert [drawn(line) for line in ax.lines] == [("--", "training", [1, 2, 3], HISTORY["mae"])]
    assert ax.get_ylabel() == "mae"


@pytest.mark.parametrize(
    "freq, values, at", [(2, [3.0, 2.5], [2, 4]), (3, [3.0], [3]), (1, [1.0] * 5, [1, 2, 3, 4, 5])]
)
def test_a_learning_curve_shows_validation_where_it_was_measured(freq, values, at):
    ax = plots.learning_curve({"loss": [4.0, 3.0, 2.0, 1.5, 1.4], "val_loss": values}, validation_freq=freq)
    assert drawn(ax.lines[0])[2] == [1, 2, 3, 4, 5]
    assert drawn(ax.lines[1]) == ("-", "validation", at, values)


@pytest.mark.parametrize("freq", [1, 3, 4])
def test_a_learning_curve_with_another_number_of_validations_is_refused(freq):
    message = (
        rf"^validation_freq must be as in fit; got {freq}, but the history holds 4 values of loss and 2 of val_loss"
    )
    with pytest.raises(ValueError, match=message):
        plots.learning_curve({"loss": [4, 3, 2, 1], "val_loss": [3, 2]}, validation_freq=freq)
    assert not plt.get_fignums()


@pytest.mark.parametrize("freq", [0, 2.0, [1, 4], None], ids=repr)
def test_the_frequency_of_validation_is_a_whole_number(freq):
    with pytest.raises(ValueError, match=r"^validation_freq must be a whole number of at least 1; got"):
        plots.learning_curve(HISTORY, validation_freq=freq)


@pytest.mark.parametrize("history", [None, [3.0, 2.0], {}], ids=repr)
def test_what_is_no_history_is_refused(history):
    with pytest.raises(ValueError, match=r"^history must be a dict, metric -> its values, or what fit returned, with"):
        plots.learning_curve(history)


def test_learning_curves_of_several_models_share_their_axes():
    _, (other, ax) = plt.subplots(1, 2)
    plt.sca(other)
    for label in ("small", "large"):
        assert plots.learning_curve(HISTORY, label=label, ax=ax) is ax
    colours = [line.get_color() for line in ax.lines]
    assert [line.get_linestyle() for line in ax.lines] == ["--", "-"] * 2
    assert colours[0] == colours[1] != colours[2] == colours[3]
    assert legend_texts(ax) == ["small", "large"]
    assert not other.lines


def test_an_unknown_metric_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"^metric must be one of 'loss', 'val_loss', 'mae'; got 'accuracy'"):
        plots.learning_curve(HISTORY, "accuracy")


# heat_maps


def test_heat_maps_show_their_arrays_on_one_scale():
    rng = np.random.default_rng(0)
    maps = {"input gate": rng.random((6, 3)), "forget gate": rng.random((4, 3))}
    axes = plots.heat_maps(maps, vmin=-1, vmax=2, ylabel="cell", label="how open")
    axes[0].figure.canvas.draw()

    assert [ax.get_title() for ax in axes] == list(maps)
    for ax, values in zip(axes, maps.values(), strict=True):
        (mesh,) = ax.collections
        # Rows are units and columns are time steps; both are counted from 1.
        np.testing.assert_array_equal(mesh.get_array(), values.T)
        assert mesh.get_clim() == (-1, 2)
        np.testing.assert_allclose(ax.get_xlim(), (0.5, len(values) + 0.5))
        np.testing.assert_allclose(ax.get_ylim(), (0.5, 3.5))
        assert ax.get_xlabel() == "time step"
    assert [ax.get_ylabel() for ax in axes] == ["cell", ""]
    (bar,) = set(axes[0].figure.axes) - set(axes)
    assert bar.get_ylabel() == "how open"


def test_heat_maps_by_default_show_activations_of_units_from_0_to_1():
    (ax,) = plots.heat_maps({"output gate": np.full((5, 2), 0.5)})
    assert ax.collections[0].get_clim() == (0, 1)
    assert ax.get_ylabel() == "unit"
    assert ax.figure.axes[1].get_ylabel() == "activation"


def test_heat_maps_may_be_lists():
    (ax,) = plots.heat_maps({"cell": [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]})
    np.testing.assert_array_equal(ax.collections[0].get_array(), [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]])


@pytest.mark.parametrize("maps, got", [({}, "{}"), (np.ones((5, 2)), "ndarray"), (None, "NoneType")], ids=str)
def test_no_heat_maps_are_refused(maps, got):
    message = rf"^maps must be a dict, title -> array of shape \(time, units\), with at least one entry; got {got}\."
    with pytest.raises(ValueError, match=message):
        plots.heat_maps(maps)
    assert not plt.get_fignums()


def test_heat_maps_leave_masked_values_blank():
    (ax,) = plots.heat_maps({"cell": np.ma.masked_equal([[1, 2], [3, -9]], -9)})
    drawn = ax.collections[0].get_array()
    assert np.ma.getmaskarray(np.ma.masked_invalid(drawn)).tolist() == [[False, False], [False, True]]


def test_heat_maps_refuse_what_is_no_number():
    with pytest.raises(ValueError, match=r"^maps\['bad'\] must be numeric; got values of type <U1\. Convert them"):
        plots.heat_maps({"good": np.ones((5, 2)), "bad": [["a", "b"]]})
    assert not plt.get_fignums()


@pytest.mark.parametrize("shape", [(5,), (5, 3, 2)], ids=str)
def test_heat_maps_refuse_other_dimensions_and_draw_nothing(shape):
    with pytest.raises(ValueError, match=r"^maps\['bad'\] must have shape \(time, units\); got") as error:
        plots.heat_maps({"good": np.ones((5, 2)), "bad": np.ones(shape)})
    assert f"got {shape}." in str(error.value)
    assert not plt.get_fignums()
