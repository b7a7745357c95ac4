"""A new instruction of the kind "two words in, one word out" is one row of the table."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROW = '    Opcode("mean", (A, B, OUT), lambda a, b: (a + b) // 2, "out = ⌊(a + b) / 2⌋"),\n'
BEFORE = '    Opcode("read"'
PROPERTIES = (
    "new_instruction.py",
    "bridge/test_program.py::test_parsing_what_was_printed",
    "bridge/test_batch.py::test_run_batch_is_the_reference",
    "backend/test_machine.py::test_structured_step_is_the_einsum_of_eq_6",
    "backend/test_machine.py::test_arithmetic_is_exact_for_every_word_size[8]",
    "backend/test_machine.py::test_zero_noise_rollout_is_the_interpreter[logits]",
    "backend/test_machine.py::test_every_state_of_a_noisy_rollout_is_a_distribution[logits]",
    "backend/test_machine.py::test_rollout_and_own_derivative_are_those_of_the_reference[rollout-logits]",
    "backend/kernels/test_native.py::test_it_is_the_einsum_of_eq_6",
    "synth/discrete/test_edits.py::test_canonical_instructions_stand_for_all",
    "synth/engines/test_sat.py::test_the_formula_means_what_the_interpreter_does",
)
"""The tests of what must hold of every instruction."""


def test_a_row_is_all_that_an_instruction_takes(tmp_path):
    for package in ("bridge", "backend", "synth", "benchmarks", "tests"):
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=shutil.ignore_patterns("__pycache__", "results", ".hypothesis"),
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    table = tmp_path / "bridge" / "isa.py"
    text = table.read_text()
    assert text.count(BEFORE) == 1
    table.write_text(text.replace(BEFORE, ROW + BEFORE))
    names = [f"tests/{name}" for name in PROPERTIES]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--hypothesis-seed=0", *names],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path), "CI": ""},  # 60 cases of each, not 200
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]
