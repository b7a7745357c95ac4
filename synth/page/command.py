"""The command: `skeletune show RUN [--open] [--out FILE]`."""

from __future__ import annotations

import sys
import webbrowser
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from synth.command import make_app, run_app, write_file
from synth.page.page import read_page, render

__all__ = ["main"]

app = make_app("synth.page.command")


@app.default
def show(
    run: Path,
    *,
    out: Path | None = None,
    open_: Annotated[bool, Parameter(name="--open", negative=(), show_default=False)] = False,
) -> int:
    """Writes the page of a run: one HTML file, complete in itself.

    Exit code: 0 written, 2 no run that can be read, 3 could not write.

    Args:
        run: The run folder.
        out: The file to write; default: page.html in the run folder.
        open_: Opens it in the browser.
    """
    path = run / "page.html" if out is None else out
    text = render(read_page(run))
    write_file(path, text)
    print(f"written: {path}")
    if open_ and not webbrowser.open(path.resolve().as_uri()):
        print(f"no browser was found: open {path} in one", file=sys.stderr)
    return 0


main = partial(run_app, app)

if __name__ == "__main__":
    sys.exit(main())
