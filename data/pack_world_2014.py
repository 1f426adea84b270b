"""temporary"""

import sys, numpy as np, polars as pl
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from interdep.world import World
from interdep.units import Money
from interdep.provenance import *
from interdep.world.packaged import packaged_bytes

z = np.load("/tmp/world2014/world_2014.npz")
print({k: z[k].shape for k in z.files})
e = tuple(map(str, z["economies"]))
i = tuple(map(str, z["industries"]))
Y = z["Y"].astype(float) / 1e3
Z = z["Z"].astype(float) / 1e3
w = World(
    "world-2014",
    Money("USD", 2014),
    e,
    i,
    tuple(map(str, z["final_use"] if "final_use" in z.files else z["final_uses"])),
    Z,
    Y.reshape(len(e) * len(i), len(e), 5),
    classification="interdep-36",
    price_basis="current basic prices",
    provenance=Provenance(
        (
            Source(
                "World Input-Output Database, release 2016, year 2014",
                2014,
                "CC BY 4.0",
                "https://www.rug.nl/ggdc/valuechain/wiod/",
                "Timmer et al. (2015)",
            ),
        ),
        ("x",),
        2014,
    ),
)
a, b = packaged_bytes(w)
p = Path("src/interdep/world/tables")
(p / "world-2014.bin").write_bytes(a)
(p / "world-2014.json").write_bytes(b)
print(len(a), len(b))
print(w)
