# SPDX-License-Identifier: Apache-2.0
"""A mutation fuzzer for the TOSCA toolchain: `python -m tests.fuzz RUNS [SEED]`, `make fuzz
RUNS=200000`."""
