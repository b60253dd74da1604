"""`make bench`: what is measured. Each measurement is a module of this folder with a `main()`."""

import pkgutil
from importlib import import_module

import bench


def main() -> None:
    names = sorted(module.name for module in pkgutil.iter_modules(bench.__path__))
    measurements = [name for name in names if not name.startswith("_")]
    for name in measurements:
        import_module(f"bench.{name}").main()
    if not measurements:
        print("Nothing is measured yet.")


if __name__ == "__main__":
    main()
