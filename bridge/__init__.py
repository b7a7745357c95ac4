"""The narrow waist: specs, programs, terms, lowering, and what they mean, discretely."""

from bridge.errors import AssemblyError, LoweringError, SkeletuneError, SpecError, TermError
from bridge.interpreter import Outcome, run
from bridge.isa import OPCODES
from bridge.loading import load_spec, spec_schema
from bridge.program import Instruction, Program, parse_program
from bridge.spec import Example, Machine, Spec
from bridge.verify import Verdict, verify

__all__ = ["OPCODES", "AssemblyError", "Example", "Instruction", "LoweringError", "Machine"]
__all__ += ["Outcome", "Program", "SkeletuneError", "Spec", "SpecError", "TermError", "Verdict"]
__all__ += ["load_spec", "parse_program", "run", "spec_schema", "verify"]
