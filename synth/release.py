"""Which version of the project this is."""

from importlib.metadata import PackageNotFoundError, version

__all__ = ["release"]


def release() -> str:
    """The version that is installed; `unknown` in a checkout that is not."""
    try:
        return version("skeletune")
    except PackageNotFoundError:
        return "unknown"
