"""Make monthly_winds.npz from a pinned Debian package. Run from the top folder: python -m data.monthly_winds.build"""

import io
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.io import netcdf_file

from data.fetch import read_from_deb, write_npz

SOURCE = {
    "requirement": "ferret-datasets=7.6.0-5",
    "sha256": "e5770222647ebfe2ab77b845e07a7e05cb6fed7b12dec9ae287a1f8046031744",
    "member": "usr/share/ferret-vis/data/monthly_navy_winds.cdf",
}

with netcdf_file(io.BytesIO(read_from_deb(**SOURCE)), mmap=False) as file:
    variables = {name: variable.data.astype("float64") for name, variable in file.variables.items()}
    units = {name: variable.units.decode() for name, variable in file.variables.items()}

assert units["TIME"] == "hour since 1980-01-14 14:00:00" and units["UWND"] == units["VWND"] == "M/S"
# The times are 730.5 hours apart, a twelfth of a year, and lie in the middle of the months.
times = pd.Timestamp("1980-01-14 14:00") + pd.to_timedelta(variables["TIME"], unit="h")
months = times.to_period("M")
assert months.equals(pd.period_range("1982-01", "1992-12", freq="M"))
winds = {"east": variables["UWND"], "north": variables["VWND"]}
assert all(np.abs(values).max() < 30 for values in winds.values())  # a missing value would be -99.9
write_npz(
    Path(__file__).with_name("monthly_winds.npz"),
    **{name: np.round(100 * values).astype("int16") for name, values in winds.items()},
    months=months.astype(str).to_numpy(dtype="U7"),
    latitudes=variables["FNOCY"],
    longitudes=variables["FNOCX"],
)
