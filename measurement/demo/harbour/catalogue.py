"""What Harbour & Pine sells, and what it pays for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import NamedTuple

from measurement.demo.harbour.season import FIRST_DAY, LAST_DAY
from measurement.demo.writing import money, write_csv

PRODUCTS = 400

_PRICES_ROSE = date(2025, 10, 1)
_RISE = 0.6
_WITHOUT_COST = 0.05
_COST_CHANGED = 0.30
_OWN_BRAND = "Harbour & Pine"
_BRANDS = (
    _OWN_BRAND,
    _OWN_BRAND,
    "Fjordlin",
    "Maison Ardent",
    "Kettle & Loom",
    "Ostra",
)

# Category: the things in it with their price in pounds, and what they are made of.
_RANGE: dict[str, tuple[dict[str, int], str]] = {
    "Bedding": (
        {"Duvet Cover": 75, "Pillowcase Pair": 28, "Fitted Sheet": 42, "Throw": 55,
         "Quilt": 110, "Cushion": 32},
        "Linen,Washed Cotton,Percale,Waffle,Velvet,Brushed Cotton,Striped,Gingham,Bouclé",
    ),
    "Furniture": (
        {"Side Table": 145, "Bookcase": 265, "Stool": 85, "Bench": 190,
         "Dining Chair": 130, "Console": 220, "Coffee Table": 240},
        "Oak,Walnut,Ash,Rattan,Painted Pine,Reclaimed Elm,Birch,Mango Wood",
    ),
    "Lighting": (
        {"Table Lamp": 68, "Pendant": 95, "Floor Lamp": 140, "Wall Light": 72,
         "Lampshade": 34},
        "Brass,Ceramic,Smoked Glass,Paper,Rattan,Matt Black,Terracotta",
    ),
    "Kitchen": (
        {"Mixing Bowl": 24, "Chopping Board": 32, "Storage Jar": 14, "Tea Towel Set": 18,
         "Apron": 26, "Casserole": 88, "Teapot": 38},
        "Stoneware,Enamel,Acacia,Olive Wood,Linen,Speckled,Indigo",
    ),
    "Tableware": (
        {"Dinner Plate": 14, "Pasta Bowl": 15, "Mug": 11, "Tumbler Set": 28,
         "Cutlery Set": 65, "Serving Platter": 36},
        "Reactive Glaze,White,Sage,Ribbed,Hammered,Speckled,Sea Blue,Ochre",
    ),
    "Bathroom": (
        {"Bath Towel": 26, "Bath Mat": 24, "Hand Towel": 14, "Robe": 62,
         "Soap Dish": 12, "Laundry Basket": 48},
        "Organic Cotton,Waffle,Bamboo,Seagrass,Stone,Slate Grey",
    ),
    "Rugs": (
        {"Rug": 160, "Runner": 85, "Doormat": 24},
        "Jute,Wool,Berber,Flatweave,Recycled,Kilim,Hand-Knotted,Coir",
    ),
    "Scent": (
        {"Candle": 22, "Diffuser": 30, "Room Spray": 16, "Wax Melts": 9},
        "Cedar,Sea Salt,Fig Leaf,Rosemary,Smoke & Pine,Orange Blossom,Rain",
    ),
    "Storage": (
        {"Basket": 28, "Wall Hooks": 22, "Shelf": 58, "Crate": 26, "Shoe Rack": 74},
        "Willow,Seagrass,Wire,Felt,Oak,Powder-Coated",
    ),
    "Garden": (
        {"Planter": 34, "Lantern": 29, "Folding Chair": 78, "Watering Can": 32,
         "Bird Feeder": 19},
        "Zinc,Terracotta,Teak,Acacia,Copper,Glazed,Galvanised",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Product:
    """One thing on the shelf; the price in pence, tax included."""

    sku: str
    name: str
    category: str
    brand: str
    pence: int
    pence_later: int
    cost: int

    def price(self, on: date) -> int:
        """Return what it sells for that day."""
        return self.pence if on < _PRICES_ROSE else self.pence_later


class Shelf:
    """The products, some of which everybody buys and most hardly anybody."""

    def __init__(self, products: Sequence[Product]) -> None:
        self._products = products
        self._popularity = list(accumulate(1 / (n + 8) for n in range(len(products))))

    def pick(self, spends: float, rng: Random) -> Product:
        """Return a product for somebody who looks at two and takes one."""
        if rng.random() >= abs(spends):
            return self._any(1, rng)[0]
        dearer = max if spends > 0 else min
        return dearer(self._any(2, rng), key=lambda product: product.pence)

    def _any(self, count: int, rng: Random) -> list[Product]:
        return rng.choices(self._products, cum_weights=self._popularity, k=count)


class ProductRow(NamedTuple):
    """One product, as the shop exports it."""

    sku: str
    name: str
    category: str
    brand: str


class CostRow(NamedTuple):
    """What one unit costs the shop from a day on, in pounds."""

    sku: str
    valid_from: str
    cost: str


def stock(*, seed: int) -> list[Product]:
    """Return the products, the most popular first."""
    rng = Random(f"{seed} harbour catalogue")
    names = [
        (category, made_of, thing, price)
        for category, (things, materials) in _RANGE.items()
        for thing, price in things.items()
        for made_of in materials.split(",")
    ]
    chosen = enumerate(rng.sample(names, min(PRODUCTS, len(names))))
    return [_product(number, *name, rng) for number, name in chosen]


def write(folder: Path, products: Sequence[Product], *, seed: int) -> None:
    """Write the products and their costs."""
    rng = Random(f"{seed} harbour costs")
    rows = (ProductRow(one.sku, one.name, one.category, one.brand) for one in products)
    write_csv(folder / "products.csv", ProductRow._fields, rows)
    costs = (row for product in products for row in _costs(product, rng))
    write_csv(folder / "product_costs.csv", CostRow._fields, costs)


def _product(
    number: int, category: str, made_of: str, thing: str, price: int, rng: Random
) -> Product:
    pence = round(price * rng.uniform(0.75, 1.35)) * 100 - 5
    rises = rng.random() < _RISE
    return Product(
        sku=f"{category[:3].upper()}-{number + 1:04d}",
        name=f"{made_of} {thing}",
        category=category,
        brand=rng.choice(_BRANDS),
        pence=pence,
        pence_later=round(pence * 1.05 / 100) * 100 - 5 if rises else pence,
        cost=round(pence / 1.2 * rng.uniform(0.34, 0.58)),
    )


def _costs(product: Product, rng: Random) -> Iterator[CostRow]:
    if rng.random() < _WITHOUT_COST:
        return
    cost, since = product.cost, FIRST_DAY - timedelta(days=30)
    yield CostRow(product.sku, since.isoformat(), money(cost))
    while rng.random() < _COST_CHANGED:
        since += timedelta(days=rng.randrange(120, 400))
        if since > LAST_DAY:
            return
        cost = round(cost * rng.uniform(0.96, 1.12))
        yield CostRow(product.sku, since.isoformat(), money(cost))
